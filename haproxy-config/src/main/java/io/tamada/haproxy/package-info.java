/// HAProxy in front of a cluster: its configuration, and changes of membership in a running one.
///
/// `HaproxyConfig` renders the file; `ProxyPlan` says what must change in a running proxy, and
/// `HaproxyRuntime` does it through the runtime socket. A reload is the exception, because the
/// old worker that it leaves behind no longer checks anybody's health (HAProxy issues 1874 and
/// 3330).
@NullMarked
package io.tamada.haproxy;

import org.jspecify.annotations.NullMarked;
