package io.tamada.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CommandLinesTest {

    @TempDir Path directory;

    private record Ran(int code, String out, String err) {}

    private static Ran run(String... arguments) {
        PrintStream realOut = System.out;
        PrintStream realErr = System.err;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
            int code = CommandLines.run(arguments);
            return new Ran(
                    code,
                    out.toString(StandardCharsets.UTF_8),
                    err.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(realOut);
            System.setErr(realErr);
        }
    }

    @Test
    void aCommandThatIsNotThereIsExplainedWithoutATrace() {
        Ran ran = run("agnet");

        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err()).contains("'agnet'").contains("tamada agent").doesNotContain("\tat ");
    }

    @Test
    void whereNothingIsConfiguredItSaysWhatToGive() {
        String home = System.getProperty("user.home");
        System.setProperty("user.home", directory.toString());
        try {
            Ran ran = run("list");
            assertThat(ran.code()).isEqualTo(2);
            assertThat(ran.err())
                    .contains(
                            "no configuration: give -c FILE or set PATRONICTL_CONFIG_FILE (looked for "
                                    + directory.resolve(".config/patroni/patronictl.yaml"))
                    .doesNotContain("etcd3");
        } finally {
            System.setProperty("user.home", home);
        }
    }

    @Test
    void theListOfCommandsCutsNoDescription() {
        CommandLines.all().getSubcommands().entrySet().stream()
                .filter(command -> !command.getKey().equals("help"))
                .forEach(
                        command ->
                                assertThat(
                                                command.getValue()
                                                        .getCommandSpec()
                                                        .usageMessage()
                                                        .description())
                                        .as(command.getKey())
                                        .hasSize(1));
    }

    @Test
    void aNewCopyIsThereWhenItsServerIsUpAgain() {
        for (String state : List.of("creating replica", "starting", "stopped")) {
            assertThat(
                            ReinitCommand.isDone(
                                    new MemberApi.Answer(503, "{\"state\": \"" + state + "\"}")))
                    .isFalse();
        }
        assertThat(ReinitCommand.isDone(new MemberApi.Answer(200, "{\"state\": \"running\"}")))
                .isTrue();
        assertThat(ReinitCommand.isDone(new MemberApi.Answer(0, "connection refused"))).isFalse();
    }

    @Test
    void theVersionIsOneLine() {
        assertThat(run("version").out().lines()).singleElement().asString().startsWith("tamada ");
    }

    @Test
    void aConfigurationThatIsWrongGivesItsMistakesAndExitCodeTwo() throws Exception {
        Path file = Files.writeString(directory.resolve("c.yml"), "scope: x\nnaem: y\n");

        Ran ran = run("validate-config", file.toString());

        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err())
                .contains("warning: " + file + ":2: naem: unknown key, ignored; nearest")
                .contains(file + ":1: name: found nothing")
                .doesNotContain("\tat ");
    }

    @Test
    void theAgentRefusesAConfigurationThatIsNotThere() {
        Ran ran = run("agent", "--", directory.resolve("no.yml").toString());

        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err()).contains("found no such file");
    }

    @Test
    void aWordThatIsNoChoiceIsRefusedWithTheChoices() {
        assertThat(run("dsn", "-r", "king").code()).isEqualTo(2);
        assertThat(run("dsn", "-r", "king").err()).contains("leader, primary, standby-leader");
        assertThat(run("list", "-f", "topology").err()).contains("pretty, tsv, json, yaml, yml");
        Ran flush = run("flush", "a", "everything");
        assertThat(flush.code()).isEqualTo(2);
        assertThat(flush.err()).contains("expected restart or switchover");
    }

    @Test
    void aQueryNeedsACommandOrAFileButNotBoth() {
        assertThat(run("query").err())
                .isEqualTo("Error: You need to specify either --command or --file\n");
        assertThat(run("query", "-c", "SELECT 1", "-f", "x").err())
                .contains("--file and --command are mutually exclusive options");
    }

    @Test
    void aNameThatStandsForAllClustersIsNotRemoved() {
        assertThat(run("remove", "/").code()).isEqualTo(2);
    }

    @Test
    void aClusterThatIsDemotedNeedsSomethingToFollow() {
        Ran ran = run("demote-cluster", "a");

        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err())
                .contains("At least --host, --port or --restore-command should be specified");
    }

    @Test
    void anEtcdThatIsAwayIsOneLineAndNoTalkOfALibrary() throws Exception {
        Path file =
                Files.writeString(
                        directory.resolve("c.yml"), "scope: a\netcd3: {host: '127.0.0.1:1'}\n");

        Ran ran = run("-c", file.toString(), "list");

        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err().lines())
                .singleElement()
                .asString()
                .startsWith("Error: etcd does not answer: 127.0.0.1:1");
    }

    @Test
    void everyCommandExplainsItselfWithAnExample() {
        List<String> names =
                run("help")
                        .out()
                        .lines()
                        .filter(line -> line.matches("  [a-z][a-z-]+  .*"))
                        .map(line -> line.strip().split(" ", 2)[0])
                        .toList();
        assertThat(names).contains("list", "edit-config", "query", "agent", "demo", "version");
        for (String name : names) {
            if (!name.equals("help")) {
                Ran ran = run(name, "--help");
                assertThat(ran.code()).as(name).isZero();
                assertThat(ran.out()).as(name).contains("Example", "tamada ", name);
            }
        }
    }

    @Test
    void everyExampleIsACommandLineThatIsUnderstood() {
        Pattern example = Pattern.compile("Example: .*?\\btamada (.*?)(\\)\")?$");
        CommandLine all = CommandLines.all();
        for (CommandLine command : Set.copyOf(all.getSubcommands().values())) {
            for (String line : command.getCommandSpec().usageMessage().footer()) {
                Matcher found = example.matcher(line);
                if (found.matches()) {
                    String[] words =
                            Pattern.compile("'[^']*'|\\S+")
                                    .matcher(found.group(1))
                                    .results()
                                    .map(word -> word.group().replace("'", ""))
                                    .toArray(String[]::new);
                    assertThat(CommandLines.all().parseArgs(words).subcommand())
                            .as(line)
                            .isNotNull()
                            .extracting(parsed -> parsed.commandSpec().name())
                            .isEqualTo(command.getCommandName());
                }
            }
        }
    }

    @Test
    void aGeneratedFileIsForItsOwnerOnlyAndValid() throws Exception {
        Path file = directory.resolve("new/c.yml");

        assertThat(run("generate-config", "--sample", file.toString()))
                .isEqualTo(new Ran(0, "", ""));

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(run("validate-config", file.toString()).code()).isZero();
    }

    @Test
    void aFileThatIsThereIsReplacedOnlyByForce() throws Exception {
        Path file = Files.writeString(directory.resolve("kept.yml"), "scope: x\n");

        Ran ran = run("generate-config", "--sample", file.toString());

        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err()).contains(file + " exists already").contains("--force");
        assertThat(file).hasContent("scope: x\n");
        assertThat(run("generate-config", "--sample", "--force", file.toString()).code()).isZero();
        assertThat(file).content().contains("etcd3");
    }
}
