package io.tamada.chaos.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Clusters of one test class. A shared one lives from test to test while they pass; after a
/// failure the logs of all are kept, all are ended, and the next test begins with a new one.
/// `-Dtamada.keep.logs=true` keeps them after a success too.
public final class Clusters implements BeforeEachCallback, AfterEachCallback, AfterAllCallback {

    private static final Path KEPT = Path.of("target", "clusters").toAbsolutePath();
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final List<TestCluster> own = new ArrayList<>();
    private final List<TestCluster> shared = new ArrayList<>();
    private final List<AutoCloseable> others = new ArrayList<>();

    /// A cluster for this test alone, planned but not started.
    public TestCluster planned(ClusterPlan plan) {
        return planned(plan, "test" + NUMBER.incrementAndGet());
    }

    /// The same under a name that others may have too.
    public TestCluster planned(ClusterPlan plan, String scope) {
        TestCluster cluster = TestCluster.planned(plan, scope);
        own.add(cluster);
        return cluster;
    }

    /// The cluster of the class, started when the first test asks for it, and whole.
    public TestCluster whole(ClusterPlan plan) {
        if (shared.isEmpty()) {
            shared.add(TestCluster.planned(plan, "test" + NUMBER.incrementAndGet()));
            shared.getFirst().start();
        }
        var _ = shared.getFirst().awaitOnePrimaryAndStreaming(plan.nodes(), TestCluster.BOOTSTRAP);
        return shared.getFirst();
    }

    /// Closed at the end of the test, before the clusters.
    public <T extends AutoCloseable> T closing(T resource) {
        others.add(resource);
        return resource;
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        System.out.println("-- " + sentence(context));
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        boolean failed = context.getExecutionException().isPresent();
        try {
            for (AutoCloseable other : others) {
                other.close();
            }
            if (failed || Boolean.getBoolean("tamada.keep.logs")) {
                keepLogs(context);
            }
        } finally {
            others.clear();
            if (failed) {
                endAll(shared);
            }
            endAll(own);
        }
    }

    private void keepLogs(ExtensionContext context) {
        String test =
                context.getRequiredTestClass().getSimpleName()
                        + "."
                        + context.getRequiredTestMethod().getName();
        List<TestCluster> all = new ArrayList<>(shared);
        all.addAll(own);
        for (TestCluster cluster : all) {
            String story = cluster.keepLogs(KEPT.resolve(test));
            context.getExecutionException()
                    .ifPresent(
                            why ->
                                    System.out.println(
                                            "FAILED " + test + ": " + why + "\n" + story));
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        endAll(shared);
    }

    private static void endAll(List<TestCluster> clusters) {
        clusters.forEach(TestCluster::close);
        clusters.clear();
    }

    private static String sentence(ExtensionContext context) {
        return context.getRequiredTestMethod()
                .getName()
                .replaceAll("([A-Z])", " $1")
                .toLowerCase(Locale.ROOT);
    }
}
