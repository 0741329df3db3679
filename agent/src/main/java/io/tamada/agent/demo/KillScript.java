package io.tamada.agent.demo;

import java.nio.file.Path;

/// The shell script that ends a node as a power cut would.
///
/// PostgreSQL's processes are each a process group of their own and a busy one outlives its
/// postmaster, so neither `kill -9 PID` nor a process group will do. What the processes of a node
/// have in common is where they work: in the node's directory.
record KillScript(Path directory) {

    /// How to call it from another shell.
    String usage() {
        return "sh " + directory.resolve("kill") + " leader";
    }

    String render() {
        return """
        #!/bin/sh
        # Ends a node of this demo as a power cut would: SIGKILL to its agent and to every process
        # of its PostgreSQL, again until none is left.      Usage: sh kill leader|node1|node2|...
        dir=%s
        node=${1:?leader, node1, node2, ...}
        [ "$node" = leader ] && node=$(cat "$dir/leader")
        if [ ! -f "$dir/$node.yml" ]; then
            echo "no such node: $node" >&2
            exit 2
        fi
        round=0
        while [ $round -lt 50 ]; do
            victims=
            for process in /proc/[0-9]*; do
                case $(readlink "$process/cwd" 2>/dev/null) in
                "$dir/$node" | "$dir/$node"/*) ;;
                *) continue ;;
                esac
                # Somebody's shell may stand there, looking.
                read -r name 2>/dev/null <"$process/comm" || continue
                case $name in *sh) continue ;; esac
                victims="$victims ${process#/proc/}"
            done
            if [ -z "$victims" ]; then
                exit 0
            fi
            kill -9 $victims 2>/dev/null
            round=$((round + 1))
        done
        echo "still there: $victims" >&2
        exit 1
        """
                .formatted(directory);
    }
}
