/// The HTTP API of an agent, with Patroni's paths and documents.
///
/// `health` judges, `document` renders, `http` serves, `peer` asks other members. A request is
/// answered from what the loop and the status probe have hung up: no SQL, no call to etcd, no
/// lock.
@NullMarked
package io.tamada.rest;

import org.jspecify.annotations.NullMarked;
