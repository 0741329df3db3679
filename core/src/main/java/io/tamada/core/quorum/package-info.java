/// Whom commits wait for, and who may be elected without losing one: any set of standbys that can
/// acknowledge a commit meets any set that can elect a leader, after every single step.
@NullMarked
package io.tamada.core.quorum;

import org.jspecify.annotations.NullMarked;
