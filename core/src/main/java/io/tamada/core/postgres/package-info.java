/// What an agent sees of its own PostgreSQL instance.
@NullMarked
package io.tamada.core.postgres;

import org.jspecify.annotations.NullMarked;
