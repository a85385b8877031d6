/** Tests. */
package io.evenkeel.standalone.supervisor;
