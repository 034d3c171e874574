package io.growalert.testkit;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Awaits a condition for up to a minute, where a test names no other time. A condition that holds ends the wait at once, so only a
 * failure takes longer; Awaitility's own 10 s are too short for a busy machine. JUnit finds it as a service.
 */
public final class AwaitTimeout implements LauncherSessionListener {
    @Override
    public void launcherSessionOpened(LauncherSession session) {
        Awaitility.setDefaultTimeout(Duration.ofMinutes(1));
    }
}
