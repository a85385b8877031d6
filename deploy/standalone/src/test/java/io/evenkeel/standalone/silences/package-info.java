/** Tests. */
package io.evenkeel.standalone.silences;
