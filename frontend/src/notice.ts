import { css, html, nothing, type TemplateResult } from "lit";
import { shortTime } from "./format";
import { navigate, type Hass } from "./ha";
import { DOMAIN } from "./messages";
import type { People } from "./people";
import type { Texts } from "./texts";

const EXPLAINED = ["disconnected", "not_loaded", "restart_needed", "unauthorized"];

// Says what is not live and why; nothing while all is well.
export const notice = (
  hass: Hass,
  people: People,
  texts: Texts,
  problem = people.problem,
): TemplateResult | typeof nothing => {
  const { heardAt } = people;
  const sentences = problem
    ? [texts.get(`problem.${EXPLAINED.includes(problem) ? problem : "unknown"}`, { code: problem })]
    : people.servers
        .filter(({ state }) => state === "away")
        .map(({ title, reason }) => texts.get("server_away", { server: title, reason: reason ?? "" }));
  if (!sentences.length) return nothing;
  if (people.problem && people.loaded && heardAt) {
    sentences.push(texts.get("last_heard", { time: shortTime(hass, heardAt.toISOString()) }));
  }
  return html`<div class="notice" role="alert">
    <svg class="sign" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M12 4L2.5 20h19zM12 10v4.5m0 2.6h.01" stroke-width="2" />
    </svg>
    <div>${sentences.map((sentence) => html`<p>${sentence}</p>`)}</div>
  </div>`;
};

// What stands where people would.
export const nobody = (hass: Hass, people: People, texts: Texts): TemplateResult | typeof nothing => {
  if (!people.loaded) return nothing;
  const isEmpty = !people.people.size;
  return html`<div class="nobody">
    <p>${texts.get(isEmpty ? "nobody" : "nobody_selected")}</p>
    ${
      isEmpty && hass.user?.is_admin
        ? html`<a
            href="/config/integrations/integration/${DOMAIN}"
            @click=${(event: MouseEvent) => {
              event.preventDefault();
              navigate(`/config/integrations/integration/${DOMAIN}`);
            }}
            >${texts.get("add_people")}</a
          >`
        : nothing
    }
  </div>`;
};

export const noticeStyles = css`
  .notice {
    display: flex;
    align-items: center;
    gap: var(--ha-space-3, 12px);
    margin-block-end: var(--ha-space-4, 16px);
    padding: var(--ha-space-3, 12px) var(--ha-space-4, 16px);
    border-radius: var(--ha-border-radius-lg, 12px);
    background: var(--away-fill);
    color: var(--away-on);
    font-weight: var(--ha-font-weight-medium, 500);
  }
  .notice svg {
    flex: none;
    width: 28px;
    height: 28px;
  }
  .notice p {
    margin: 0;
  }
  .nobody {
    display: grid;
    justify-items: center;
    gap: var(--ha-space-3, 12px);
    padding: var(--ha-space-12, 48px) var(--ha-space-4, 16px);
    color: var(--secondary-text-color);
    font-size: var(--ha-font-size-l, 16px);
    text-align: center;
  }
  .nobody p {
    margin: 0;
    max-width: 36em;
  }
  .nobody a {
    color: var(--primary-text-color);
    font-weight: var(--ha-font-weight-medium, 500);
  }
`;
