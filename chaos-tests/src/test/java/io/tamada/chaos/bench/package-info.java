/// Speed and memory of a real cluster, beside Patroni on the same machine. Not a test: figures
/// depend on the machine, and nothing fails because of them.
@NullMarked
package io.tamada.chaos.bench;

import org.jspecify.annotations.NullMarked;
