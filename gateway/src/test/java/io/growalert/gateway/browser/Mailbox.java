package io.growalert.gateway.browser;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import java.net.URI;
import java.util.Map;
import java.util.regex.Pattern;

/** Where the links arrive that renew sessions. */
final class Mailbox implements AutoCloseable {
    private static final Pattern LINK =
            Pattern.compile("http://\\S+/(?:renew-session\\?|sign-in\\.html#)token=([A-Za-z0-9_.-]+)");

    private final GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));

    Mailbox() {
        mail.start();
    }

    /** @param site where the links lead */
    Map<String, Object> settings(URI site) {
        return Map.of(
                "growalert.billing.customer.mail.host",
                "127.0.0.1",
                "growalert.billing.customer.mail.port",
                mail.getSmtp().getPort(),
                "growalert.billing.customer.mail.site",
                site);
    }

    /** The token in the link that was sent. */
    String tokenSentTo(String email) {
        for (var message : mail.getReceivedMessages()) {
            var text =
                    GreenMailUtil.getWholeMessage(message).replace("=\r\n", "").replace("=3D", "=");
            var link = LINK.matcher(text);
            if (text.contains("To: " + email) && link.find()) {
                return link.group(1);
            }
        }
        throw new AssertionError("no link was sent");
    }

    @Override
    public void close() {
        mail.stop();
    }
}
