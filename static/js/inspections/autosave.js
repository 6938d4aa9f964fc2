// Saves a form a little after the last change, one sending at a time. Knows no page: it is given
// what to send with, and a clock.

/**
 * `send()` is asked to save and resolves to true when the work is safe. After a failure it is asked
 * again, later and later, at most every `longest` ms.
 */
export function makeAutosave({ send, wait = 2000, longest = 60_000, later = setTimeout, cancel = clearTimeout }) {
  let timer;
  let isSending = false;
  let isChanged = false;
  let pause = wait;

  async function run() {
    timer = undefined;
    if (isSending) return;
    isSending = true;
    isChanged = false;
    let isSafe = false;
    try {
      isSafe = await send();
    } catch {
      isSafe = false;
    }
    isSending = false;
    pause = isSafe ? wait : Math.min(longest, pause * 2);
    if (isChanged || !isSafe) plan();
  }

  function plan() {
    if (timer !== undefined) cancel(timer);
    timer = later(run, pause);
  }

  return {
    /** Something was typed or chosen. */
    changed() {
      isChanged = true;
      if (!isSending) plan();
    },
    /** Save now, as when a photo was chosen. */
    now() {
      isChanged = true;
      if (timer !== undefined) cancel(timer);
      timer = undefined;
      return run();
    },
    /** The form itself is being sent: nothing more from here. */
    stop() {
      if (timer !== undefined) cancel(timer);
      timer = undefined;
      isSending = true;
    },
  };
}
