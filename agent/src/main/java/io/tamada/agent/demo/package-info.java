/// A whole cluster on one machine, to look at and to break: etcd, agents, HAProxy and a writer.
///
/// `DemoRun` is the story; beside it are leaves without processes in them (`NodeYaml`,
/// `MembersTable`, `Ledger`, `KillScript`) and the edges (`Child`, `Writer`, `Screen`,
/// `Keyboard`). Nothing in here knows more of a cluster than its users do: YAML files, REST, SQL
/// and signals.
@NullMarked
package io.tamada.agent.demo;

import org.jspecify.annotations.NullMarked;
