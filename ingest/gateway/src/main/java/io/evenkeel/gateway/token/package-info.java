/**
 * Bearer tokens: the file that holds their hashes, and who a request comes from.
 *
 * <p>Contract: {@link io.evenkeel.gateway.token.TokenFile} alone reads and writes the file; a
 * request that reaches a controller carries a {@link io.evenkeel.gateway.token.Caller}. Threading:
 * everything is thread-safe. Of the gateway it imports {@code problem} alone; {@code TokenFile},
 * {@code Token} and {@code RunPattern} rest on the contract and Jackson, as the command line uses
 * them too.
 */
@NullMarked
package io.evenkeel.gateway.token;

import org.jspecify.annotations.NullMarked;
