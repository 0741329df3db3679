/// The same requests and commands, put to a cluster of Patroni and to one of Tamada, and the
/// answers side by side. A difference is either listed with its reason or fails the test; so does
/// a listed one that is no longer seen.
@NullMarked
package io.tamada.chaos.cluster.comparison;

import org.jspecify.annotations.NullMarked;
