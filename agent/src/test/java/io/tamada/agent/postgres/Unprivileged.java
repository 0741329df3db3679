package io.tamada.agent.postgres;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/// The tests of this class need a user that PostgreSQL agrees to run as: under root, they run in
/// a child JVM as user `postgres`.
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(UnprivilegedJvm.class)
@interface Unprivileged {}
