/** Tests. */
package io.evenkeel.standalone.rules;
