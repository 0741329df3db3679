/// The documents of the API, field by field as Patroni's own tools and common monitoring checks
/// read them. Additions of ours stand under one key, `tamada`.
@NullMarked
package io.tamada.rest.document;

import org.jspecify.annotations.NullMarked;
