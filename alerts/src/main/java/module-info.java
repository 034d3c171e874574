/** The alerting library. It needs the JDK and nothing else. */
module io.growalert.alerts {
    requires static org.jspecify;

    exports io.growalert.alerts;
}
