// Puts the page together: each picture goes to each part, and keys lead to where one wants to be.
import { byId } from "./dom.js";
import { follow } from "./feed.js";
import { makeWires, showFlow } from "./flow.js";
import { closeGuest, openGuest } from "./guest.js";
import { leaveNetwork, makePlaces, showPlaces } from "./places.js";
import { makeRefusals, showRefusals } from "./refusals.js";
import { showEnded, showLost, showState } from "./state.js";
import { makeStations, showStations } from "./stations.js";

makeStations();
makeWires();
makePlaces({ choose: openGuest });
makeRefusals({ choose: openGuest });

follow({
  take(picture) {
    showState(picture);
    showStations(picture);
    showFlow(picture);
    showPlaces(picture);
    showRefusals(picture);
  },
  lost: showLost,
  ended: showEnded,
});

// "/" goes to the search, Escape one step back.
document.addEventListener("keydown", (event) => {
  const isTyping = event.target.matches("input[type='search']");
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    byId("search-text").focus();
  } else if (event.key === "Escape") {
    closeGuest() || leaveNetwork();
  }
});
