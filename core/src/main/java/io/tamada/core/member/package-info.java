/// One member of the cluster: an agent and its PostgreSQL instance.
@NullMarked
package io.tamada.core.member;

import org.jspecify.annotations.NullMarked;
