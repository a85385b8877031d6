/**
 * JavaScript for tests: what has no Java library, such as TimescaleDB in WebAssembly.
 *
 * <p>Contract: a machine without Node or the packages makes no test fail; it is told why.
 * Threading: one installation of a project at a time. Starts {@code node} and {@code npm}, writes
 * into the folder it is given, and imports nothing but the JDK.
 */
@NullMarked
package io.evenkeel.testing.node;

import org.jspecify.annotations.NullMarked;
