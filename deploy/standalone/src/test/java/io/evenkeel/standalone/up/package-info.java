/** Tests. */
package io.evenkeel.standalone.up;
