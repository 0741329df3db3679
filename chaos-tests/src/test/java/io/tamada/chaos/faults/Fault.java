package io.tamada.chaos.faults;

/// One kind of harm. It calls [Scene#begins()] at its first step, lasts as long as it has to, and
/// undoes what an operator would undo; what the agents have to mend is left to them.
interface Fault {

    void inflict(Scene scene) throws Exception;
}
