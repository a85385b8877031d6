/** Tests. */
package io.evenkeel.standalone.scenario;
