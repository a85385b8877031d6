/** Names and shapes of the Kafka topics. */
@NullMarked
package io.evenkeel.contract.topic;

import org.jspecify.annotations.NullMarked;
