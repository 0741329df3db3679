package io.tamada.agent.postgres;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/// Runs each test of a class in one child JVM that has dropped root's privileges, and reports its
/// outcome here. Without root there is nothing to drop, and tests run where they are.
final class UnprivilegedJvm implements InvocationInterceptor {

    private static final String USER = "postgres";
    private static final String PASSED = "PASSED";
    private static final String END = "--- end of report";

    @Override
    public void interceptTestMethod(
            Invocation<@Nullable Void> invocation,
            ReflectiveInvocationContext<Method> context,
            ExtensionContext extension)
            throws Throwable {
        if (!isRoot()) {
            invocation.proceed();
            return;
        }
        invocation.skip();
        String report = child(extension).run(context.getExecutable().getName());
        if (!report.startsWith(PASSED)) {
            throw new AssertionError(report);
        }
    }

    @Override
    public void interceptBeforeEachMethod(
            Invocation<@Nullable Void> invocation,
            ReflectiveInvocationContext<Method> context,
            ExtensionContext extension)
            throws Throwable {
        onlyWithoutRoot(invocation);
    }

    @Override
    public void interceptAfterEachMethod(
            Invocation<@Nullable Void> invocation,
            ReflectiveInvocationContext<Method> context,
            ExtensionContext extension)
            throws Throwable {
        onlyWithoutRoot(invocation);
    }

    private static void onlyWithoutRoot(Invocation<@Nullable Void> invocation) throws Throwable {
        if (isRoot()) {
            invocation.skip();
        } else {
            invocation.proceed();
        }
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    private static Child child(ExtensionContext extension) {
        Class<?> testClass = extension.getRequiredTestClass();
        ExtensionContext ofClass = extension.getParent().orElse(extension);
        return ofClass.getStore(ExtensionContext.Namespace.create(UnprivilegedJvm.class))
                .computeIfAbsent("child", _ -> Child.start(testClass), Child.class);
    }

    /// The JVM that does the work.
    private record Child(Process process, PrintWriter orders, BufferedReader reports, Path jars)
            implements AutoCloseable {

        static Child start(Class<?> testClass) {
            try {
                Path jars =
                        Files.createTempDirectory(
                                Path.of("/tmp"),
                                "tamada-test-jars",
                                PosixFilePermissions.asFileAttribute(
                                        PosixFilePermissions.fromString("rwxr-xr-x")));
                List<String> command =
                        new ArrayList<>(
                                List.of(
                                        "setpriv",
                                        "--reuid=" + USER,
                                        "--regid=" + USER,
                                        "--clear-groups",
                                        Path.of(System.getProperty("java.home"), "bin/java")
                                                .toString(),
                                        "-XX:+UseSerialGC",
                                        "-XX:TieredStopAtLevel=1",
                                        "--enable-native-access=ALL-UNNAMED",
                                        "-cp",
                                        readableClassPath(jars),
                                        UnprivilegedJvm.class.getName(),
                                        testClass.getName()));
                Process process =
                        new ProcessBuilder(command)
                                .directory(new File("/tmp"))
                                .redirectError(ProcessBuilder.Redirect.INHERIT)
                                .start();
                return new Child(
                        process,
                        new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8),
                        new BufferedReader(
                                new InputStreamReader(
                                        process.getInputStream(), StandardCharsets.UTF_8)),
                        jars);
            } catch (IOException failure) {
                throw new IllegalStateException(failure);
            }
        }

        /// Copies what the other user may not read, such as a repository below root's home.
        private static String readableClassPath(Path jars) throws IOException {
            StringBuilder classPath = new StringBuilder();
            int number = 0;
            for (String entry :
                    System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
                Path path = Path.of(entry);
                if (Files.isRegularFile(path)) {
                    Path copy = jars.resolve(number++ + "-" + path.getFileName());
                    Files.copy(path, copy, StandardCopyOption.REPLACE_EXISTING);
                    Files.setPosixFilePermissions(
                            copy, PosixFilePermissions.fromString("rw-r--r--"));
                    path = copy;
                }
                classPath.append(classPath.isEmpty() ? "" : File.pathSeparator).append(path);
            }
            return classPath.toString();
        }

        String run(String method) throws IOException {
            orders.println(method);
            StringBuilder report = new StringBuilder();
            for (String line = reports.readLine(); ; line = reports.readLine()) {
                if (line == null) {
                    return "the child JVM has ended\n" + report;
                }
                if (line.equals(END)) {
                    return report.toString();
                }
                report.append(line).append('\n');
            }
        }

        @Override
        public void close() throws IOException {
            orders.close();
            process.onExit().join();
            DurableFiles.deleteTree(jars);
        }
    }

    /// The child: one test method a line, in; its report, out.
    public static void main(String[] arguments) throws IOException {
        PrintStream reports = System.out;
        System.setOut(System.err);
        BufferedReader orders =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String method = orders.readLine(); method != null; method = orders.readLine()) {
            SummaryGeneratingListener listener = new SummaryGeneratingListener();
            LauncherFactory.create()
                    .execute(
                            LauncherDiscoveryRequestBuilder.request()
                                    .selectors(selectMethod(arguments[0], method))
                                    .build(),
                            listener);
            TestExecutionSummary summary = listener.getSummary();
            StringWriter text = new StringWriter();
            PrintWriter out = new PrintWriter(text);
            for (TestExecutionSummary.Failure failure : summary.getFailures()) {
                failure.getException().printStackTrace(out);
            }
            out.flush();
            reports.println(summary.getTestsSucceededCount() == 1 ? PASSED : text.toString());
            reports.println(END);
        }
    }
}
