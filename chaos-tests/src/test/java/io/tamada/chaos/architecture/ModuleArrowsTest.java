package io.tamada.chaos.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// One way, no cycles: `core` sees nobody; `dcs`, `rest` and `haproxy` see `core`; `agent` sees
/// all. Each library has its place, so that replacing it changes one place.
class ModuleArrowsTest {

    private static final JavaClasses ALL = imported();

    private static JavaClasses imported() {
        // The insides of the libraries and of the JDK are not asked about, and there are many.
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        return new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages(
                        "io.tamada.core",
                        "io.tamada.dcs",
                        "io.tamada.rest",
                        "io.tamada.haproxy",
                        "io.tamada.agent");
    }

    /// A rule over classes that were not found would hold for ever.
    @ParameterizedTest
    @ValueSource(strings = {"core", "dcs", "rest", "haproxy", "agent"})
    void everyModuleIsLookedAt(String module) {
        long found =
                ALL.stream()
                        .filter(
                                type ->
                                        type.getPackageName().startsWith("io.tamada." + module)
                                                && !type.getSimpleName().equals("package-info"))
                        .count();
        assertThat(found).isPositive();
    }

    @Test
    void theCoreSeesNoOtherModuleAndNoLibrary() {
        noClasses()
                .that()
                .resideInAPackage("io.tamada.core..")
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages("io.tamada.core..", "java..", "org.jspecify..")
                .check(ALL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dcs", "rest", "haproxy"})
    void theModulesAroundTheCoreDoNotSeeEachOther(String module) {
        List<String> others = new ArrayList<>();
        for (String other : List.of("dcs", "rest", "haproxy", "agent")) {
            if (!other.equals(module)) {
                others.add("io.tamada." + other + "..");
            }
        }
        noClasses()
                .that()
                .resideInAPackage("io.tamada." + module + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others.toArray(String[]::new))
                .check(ALL);
    }

    @Test
    void modulesHaveNoCycles() {
        slices().matching("io.tamada.(*)..").should().beFreeOfCycles().check(ALL);
    }

    @Test
    void onlyDcsSeesEtcd() {
        onlyIn(List.of("io.tamada.dcs.."), "io.grpc..", "io.etcd..", "com.google.protobuf..");
    }

    @Test
    void onlyRestAndTheWiringSeeMicronaut() {
        onlyIn(List.of("io.tamada.rest..", "io.tamada.agent.run.."), "io.micronaut..");
    }

    @Test
    void nettyIsSeenOnlyByThoseWhoSpeakOverIt() {
        onlyIn(
                List.of("io.tamada.rest..", "io.tamada.dcs..", "io.tamada.agent.run.."),
                "io.netty..");
    }

    @Test
    void nobodySeesVertx() {
        onlyIn(List.of(), "io.vertx..");
    }

    @Test
    void onlyPostgresControlAndTheDemoSpeakSql() {
        onlyIn(
                List.of("io.tamada.agent.postgres..", "io.tamada.agent.demo.."),
                "java.sql..",
                "javax.sql..",
                "org.postgresql..");
    }

    @Test
    void onlyTheSettingsReadYaml() {
        onlyIn(List.of("io.tamada.agent.settings.."), "org.snakeyaml..", "org.yaml..");
    }

    @Test
    void onlyTheAgentHasACommandLine() {
        onlyIn(List.of("io.tamada.agent.."), "picocli..");
    }

    @Test
    void foreignFunctionsAreCalledInOnePlace() {
        onlyIn(List.of("io.tamada.agent.os.."), "java.lang.foreign..");
    }

    @Test
    void processesAreStartedOnlyByThoseWhoLookAfterThem() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.tamada.agent.postgres..",
                        "io.tamada.agent.guard..",
                        "io.tamada.agent.editor..",
                        "io.tamada.agent.demo..")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(ProcessBuilder.class)
                .orShould()
                .callMethodWhere(
                        new DescribedPredicate<JavaMethodCall>("Runtime.exec") {
                            @Override
                            public boolean test(JavaMethodCall call) {
                                return call.getTargetOwner().isEquivalentTo(Runtime.class)
                                        && call.getName().equals("exec");
                            }
                        })
                .check(ALL);
    }

    @Test
    void noNameHidesWhatAClassDoes() {
        for (String suffix : List.of("Impl", "Manager", "Helper", "Util", "Utils", "Handler")) {
            noClasses().should().haveSimpleNameEndingWith(suffix).check(ALL);
        }
    }

    private static void onlyIn(List<String> places, String... libraries) {
        List<String> allowed = new ArrayList<>(places);
        Collections.addAll(allowed, libraries);
        noClasses()
                .that()
                .resideOutsideOfPackages(allowed.toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(libraries)
                .check(ALL);
    }
}
