/** Tests. */
package io.evenkeel.standalone.sink;
