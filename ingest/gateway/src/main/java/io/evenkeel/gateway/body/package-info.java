/**
 * Bodies of requests: read within bounds, decompressed within bounds, cut into records.
 *
 * <p>Contract: {@link io.evenkeel.gateway.body.Bodies} reads, the caller closes what it gets.
 * Threading: {@code Bodies} is thread-safe, a {@code Body} belongs to one request. Of the gateway
 * it imports {@code problem} and {@code limit} alone.
 */
@NullMarked
package io.evenkeel.gateway.body;

import org.jspecify.annotations.NullMarked;
