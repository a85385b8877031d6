/** The life of incidents. Immutable records. */
@NullMarked
package io.evenkeel.contract.alert;

import org.jspecify.annotations.NullMarked;
