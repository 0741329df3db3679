/// A whole cluster in one thread and in virtual time: the real loop, rules and store codec over
/// a simulated etcd, PostgreSQL, network and clock. Everything follows from one seed, so every
/// failure replays. See docs/adr/0005.
@NullMarked
package io.tamada.chaos.simulation;

import org.jspecify.annotations.NullMarked;
