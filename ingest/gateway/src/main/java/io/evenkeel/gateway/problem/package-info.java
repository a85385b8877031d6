/**
 * What a caller is told when a request fails: RFC 9457 problems, each with an id of the catalogue.
 *
 * <p>Contract: {@link io.evenkeel.gateway.problem.GatewayException} thrown from anywhere in a
 * request becomes its answer. Threading: stateless. Must not import any other package of the
 * gateway.
 */
@NullMarked
package io.evenkeel.gateway.problem;

import org.jspecify.annotations.NullMarked;
