package io.tamada.core.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/// What keeps the core a brain without hands: no clock, no chance, no world, no cycles.
class CoreArchitectureTest {

    private static final JavaClasses CORE =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("io.tamada.core");

    private static final List<String> RUNNERS =
            List.of(
                    "java.lang.Thread",
                    "java.lang.ThreadLocal",
                    "java.lang.Process",
                    "java.lang.ProcessBuilder",
                    "java.lang.ProcessHandle",
                    "java.lang.Runtime",
                    "java.util.Timer");

    @Test
    void theCoreIsImportedAtAll() {
        assertThat(CORE).hasSizeGreaterThan(50);
    }

    @Test
    void theCoreSeesOnlyJavaBaseJSpecifyAndItself() {
        // `java.net.URI` reads addresses; nothing else of `java.net` is used, see below.
        noClasses()
                .should()
                .dependOnClassesThat(
                        resideOutsideOfPackages(
                                "io.tamada.core..",
                                "java.lang..",
                                "java.util..",
                                "java.time..",
                                "java.net..",
                                "org.jspecify.annotations.."))
                .check(CORE);
    }

    @Test
    void theCoreOpensNoFilesSocketsOrThreads() {
        noClasses()
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(
                                        "java.io..", "java.nio..", "java.net..", "java.util.zip..")
                                .and(isNot("java.net.URI", "java.net.URISyntaxException")))
                .check(CORE);
        noClasses()
                .should()
                .dependOnClassesThat(
                        new DescribedPredicate<JavaClass>("run or schedule something") {
                            @Override
                            public boolean test(JavaClass type) {
                                return RUNNERS.contains(type.getName())
                                        || type.getPackageName().equals("java.util.concurrent");
                            }
                        })
                .check(CORE);
    }

    @Test
    void theCoreReadsNoClock() {
        noClasses().should().callMethod(System.class, "nanoTime").check(CORE);
        noClasses().should().callMethod(System.class, "currentTimeMillis").check(CORE);
        noClasses()
                .should()
                .dependOnClassesThat(
                        named(
                                "java.time.Clock",
                                "java.time.Instant",
                                "java.time.LocalDateTime",
                                "java.time.OffsetDateTime",
                                "java.time.ZonedDateTime",
                                "java.util.Date",
                                "java.util.Calendar",
                                "java.util.Timer"))
                .check(CORE);
    }

    @Test
    void theCoreReadsNoEnvironment() {
        noClasses()
                .should()
                .accessTargetWhere(
                        calls(
                                System.class,
                                "getenv",
                                "getProperty",
                                "getProperties",
                                "exit",
                                "lineSeparator"))
                .check(CORE);
        noClasses()
                .should()
                .accessTargetWhere(calls(Boolean.class, "getBoolean"))
                .orShould()
                .accessTargetWhere(calls(Integer.class, "getInteger"))
                .orShould()
                .accessTargetWhere(calls(Long.class, "getLong"))
                .check(CORE);
    }

    @Test
    void nothingInTheCoreIsLeftToChance() {
        noClasses()
                .should()
                .dependOnClassesThat(
                        named(
                                Random.class.getName(),
                                SplittableRandom.class.getName(),
                                ThreadLocalRandom.class.getName(),
                                UUID.class.getName(),
                                HashMap.class.getName(),
                                HashSet.class.getName()))
                .check(CORE);
        // They iterate in another order after each start of the JVM.
        noClasses()
                .should()
                .accessTargetWhere(calls(Set.class, "of", "copyOf"))
                .orShould()
                .accessTargetWhere(calls(Map.class, "of", "copyOf", "ofEntries"))
                .check(CORE);
        noClasses().should().accessTargetWhere(calls(Math.class, "random")).check(CORE);
        noClasses().should().accessTargetWhere(calls(System.class, "identityHashCode")).check(CORE);
    }

    @Test
    void noFieldIsAnOptional() {
        fields().should().notHaveRawType(Optional.class).check(CORE);
    }

    @Test
    void noNameHidesWhatAClassDoes() {
        for (String suffix :
                List.of("Impl", "Manager", "Helper", "Util", "Utils", "Handler", "Service")) {
            noClasses().should().haveSimpleNameEndingWith(suffix).check(CORE);
        }
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.tamada.core.(*)..").should().beFreeOfCycles().check(CORE);
    }

    /// Bottom-up as the domain reads. Features judge, `decision` plans, `loop` acts.
    @Test
    void packagesDependDownwardsOnly() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("time, wal")
                .definedBy("io.tamada.core.time", "io.tamada.core.wal")
                .layer("member")
                .definedBy("io.tamada.core.member")
                .layer("lease")
                .definedBy("io.tamada.core.lease")
                .layer("cluster")
                .definedBy("io.tamada.core.cluster")
                .layer("postgres")
                .definedBy("io.tamada.core.postgres")
                .layer("features")
                .definedBy(
                        "io.tamada.core.failover",
                        "io.tamada.core.failsafe",
                        "io.tamada.core.fencing",
                        "io.tamada.core.follow",
                        "io.tamada.core.order",
                        "io.tamada.core.rejoin",
                        "io.tamada.core.rewind",
                        "io.tamada.core.slot")
                .layer("decision")
                .definedBy("io.tamada.core.decision")
                .layer("port")
                .definedBy("io.tamada.core.port")
                .layer("loop")
                .definedBy("io.tamada.core.loop")
                .whereLayer("loop")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("port")
                .mayOnlyBeAccessedByLayers("loop")
                .whereLayer("decision")
                .mayOnlyBeAccessedByLayers("port", "loop")
                .whereLayer("features")
                .mayOnlyBeAccessedByLayers("decision", "port", "loop")
                .whereLayer("postgres")
                .mayOnlyBeAccessedByLayers("features", "decision", "port", "loop")
                .whereLayer("cluster")
                .mayOnlyBeAccessedByLayers("postgres", "features", "decision", "port", "loop")
                .whereLayer("lease")
                .mayOnlyBeAccessedByLayers(
                        "cluster", "postgres", "features", "decision", "port", "loop")
                .whereLayer("member")
                .mayOnlyAccessLayers("time, wal")
                .whereLayer("time, wal")
                .mayNotAccessAnyLayer()
                .check(CORE);
    }

    private static DescribedPredicate<JavaClass> named(String... names) {
        List<String> all = List.of(names);
        return new DescribedPredicate<>("one of " + all) {
            @Override
            public boolean test(JavaClass type) {
                return all.contains(type.getName());
            }
        };
    }

    private static DescribedPredicate<JavaClass> isNot(String... names) {
        return DescribedPredicate.not(named(names));
    }

    private static DescribedPredicate<JavaAccess<?>> calls(Class<?> owner, String... methods) {
        List<String> all = List.of(methods);
        return new DescribedPredicate<>("calls of " + owner.getSimpleName() + "." + all) {
            @Override
            public boolean test(JavaAccess<?> access) {
                return access.getTargetOwner().isEquivalentTo(owner)
                        && all.contains(access.getTarget().getName());
            }
        };
    }
}
