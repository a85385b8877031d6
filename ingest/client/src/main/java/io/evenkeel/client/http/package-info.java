/**
 * The HTTP transport: records in batches to a gateway, commands and alerts by long poll
 * (docs/http-api.md).
 *
 * <p>Threads: a publisher has its sender thread, a subscription one reader of its own, all daemons;
 * beside them the JDK's client keeps its own, which end when nobody refers to it any more. The only
 * package of the client that imports {@code java.net.http} and the reader of JSON answers. Must not
 * import another transport.
 */
@NullMarked
package io.evenkeel.client.http;

import org.jspecify.annotations.NullMarked;
