/// The way back of a member whose server is down or gets nothing: what was tried, whether it gets
/// on, and whether its data may be replaced.
@NullMarked
package io.tamada.core.rejoin;

import org.jspecify.annotations.NullMarked;
