/** Tests. */
package io.evenkeel.standalone.launcher;
