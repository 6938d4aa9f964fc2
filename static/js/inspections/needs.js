// What an answer asks for: which boxes to show, and which panel. Plain values in and out.

/** True when `answer` is one of the values in a list written with spaces between them. */
export function isOneOf(answer, list) {
  return Boolean(answer) && list.split(" ").includes(answer);
}

/**
 * What to show beside a question. `rules` are its data attributes, `held` says which boxes hold
 * something already: what was written is never hidden. Without a rule for a box it stays in view.
 */
export function needsOf(answer, rules, held) {
  return {
    reason: held.reason || rules.reasonWhen === undefined || isOneOf(answer, rules.reasonWhen),
    raise: held.raise || rules.raiseWhen === undefined || isOneOf(answer, rules.raiseWhen),
    panel: rules.emergencyWhen && isOneOf(answer, rules.emergencyWhen) ? rules.panel : null,
  };
}

/** How many photos an answer still lacks: 1 when the set asks for one and there is none, nor a reason. */
export function lacksPhoto(answer, photoWhen, photos, reason) {
  return Boolean(photoWhen) && isOneOf(answer, photoWhen) && photos === 0 && !reason.trim();
}
