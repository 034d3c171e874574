/**
 * Definition files: reads and validates them ({@link io.growalert.monitor.definitions.DefinitionCheck}), follows their changes and
 * publishes their monitors.
 */
@NullMarked
package io.growalert.monitor.definitions;

import org.jspecify.annotations.NullMarked;
