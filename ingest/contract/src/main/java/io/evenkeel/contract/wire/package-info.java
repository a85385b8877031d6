/**
 * Codecs between records and protobuf. The only package that imports generated code; thread-safe.
 */
@NullMarked
package io.evenkeel.contract.wire;

import org.jspecify.annotations.NullMarked;
