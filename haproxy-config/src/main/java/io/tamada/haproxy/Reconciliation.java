package io.tamada.haproxy;

/// What came of bringing a running proxy in line with the members.
public sealed interface Reconciliation {

    /// HAProxy says that it now serves exactly the wanted members.
    record Done(ProxySlots slots, int commandsSent) implements Reconciliation {}

    /// Nothing was changed; the file must be rendered with these slots and HAProxy reloaded.
    record ReloadNeeded(String reason, ProxySlots slots) implements Reconciliation {}

    /// Part of it may have been done. Try again: a plan starts from what HAProxy says of itself.
    record Failed(String reason) implements Reconciliation {}
}
