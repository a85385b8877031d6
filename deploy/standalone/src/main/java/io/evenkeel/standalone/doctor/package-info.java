/**
 * {@code ./evenkeel doctor}: what works on this machine, and what to do about the rest.
 *
 * <p>Contract: each check tells what it found by trying it where that is possible; none changes
 * anything but a temporary folder. Threading: the calling thread. Must not import the supervisor.
 */
@NullMarked
package io.evenkeel.standalone.doctor;

import org.jspecify.annotations.NullMarked;
