package io.growalert.sandbox.payment;

import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.object.ObjectClock;
import io.growalert.sandbox.object.ObjectIds;
import io.growalert.sandbox.object.ResourceRoutes;
import io.growalert.sandbox.object.Store;
import io.growalert.sandbox.object.Templates;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/** Tokens: a card that was typed in, to be used once. The card itself is an object too, with the number out of sight. */
public final class TokenResource {
    private final Store store;
    private final ObjectClock time;

    public TokenResource(Store store, ObjectClock time) {
        this.store = store;
        this.time = time;
    }

    public void routes(ResourceRoutes endpoints) {
        endpoints.client(
                "POST",
                "/v1/tokens",
                CardData.KNOWN + " card[currency] card[address_line1] card[address_city] card[address_country]",
                call -> {
                    if (call.params().child("card").isEmpty()) {
                        throw ApiError.missingParam("card");
                    }
                    var card = call.params().child("card");
                    var source = source(CardData.read(card, time.now()));
                    source.put("name", card.text("name"));
                    source.put("address_zip", card.text("address_zip"));
                    var token = Templates.of("token", ObjectIds.next("tok"), time.now());
                    token.put("_card", JsonNodes.id(store.save(source)));
                    token.set("card", JsonNodes.shown(source));
                    return store.save(token);
                });
        endpoints.client("GET", "/v1/tokens/{id}", "", call -> store.get("token", call.id()));
    }

    /**
     * Uses a token up. A ready-made one is never used up.
     *
     * @param param that named it
     * @return the card, an object of kind {@code card}
     * @throws ApiError 400 when there is none, or it was used before
     */
    ObjectNode use(String id, String param) {
        var named = TestCard.named(id, "tok_");
        if (named != null) {
            return store.save(source(CardData.readyMade(named, time.now())));
        }
        var token = store.find("token", id);
        if (token == null) {
            throw ApiError.refersToNone("token", id, param);
        }
        if (JsonNodes.flag(token, "used")) {
            throw ApiError.invalid(
                            "token_already_used", "You cannot use a Stripe token more than once: %s.".formatted(id))
                    .param(param);
        }
        token.put("used", true);
        store.save(token);
        return store.get("card", JsonNodes.textOf(token, "_card"));
    }

    private static ObjectNode source(CardData data) {
        var card = Templates.of("card", ObjectIds.next("card"), 0);
        data.show(card);
        var brand = data.card().brand();
        card.put("brand", brand.substring(0, 1).toUpperCase(Locale.ROOT) + brand.substring(1));
        card.put("_number", data.card().number());
        return card;
    }
}
