package io.growalert.sandbox.http;

import java.util.Locale;

/** A page of the sandbox for a browser. */
public final class HtmlPage {
    private HtmlPage() {}

    /** @param body HTML, in which every text of others is {@linkplain #escape escaped} */
    public static ApiResponse of(int status, String title, String body) {
        var heading = escape(title);
        return ApiResponse.text(status, "text/html; charset=utf-8", """
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>%s</title>
            <style>body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem}
            button,input{font:inherit;padding:.5rem 1rem}table{width:100%%;border-collapse:collapse}
            td,th{text-align:left;padding:.25rem 0}td+td,th+th{text-align:right}</style>
            <h1>%s</h1>
            %s
            <p>stripe-sandbox: no money moves.</p>
            </html>
            """.formatted(heading, heading, body));
    }

    public static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    public static ApiResponse notFound() {
        return of(404, "There is no such page", "<p>The address is wrong, or has expired.</p>");
    }

    /** An amount as it is read: {@code 12.50 EUR}. */
    public static String amount(long smallestUnits, String currency) {
        return String.format(Locale.ROOT, "%.2f %s", smallestUnits / 100.0, currency.toUpperCase(Locale.ROOT));
    }
}
