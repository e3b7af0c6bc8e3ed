import { css, html, type TemplateResult } from "lit";
import { initials } from "./format";
import type { Hass } from "./ha";
import type { ShownPerson } from "./people";
import { sign } from "./presence";

// The picture of the linked Home Assistant person, else initials, with the sign of the presence.
export const avatar = (hass: Hass, person: ShownPerson): TemplateResult => {
  const linked = person.person_entity ? hass.states[person.person_entity] : undefined;
  const picture = linked?.attributes["entity_picture"] as string | undefined;
  return html`<span class="avatar" aria-hidden="true">
    ${picture ? html`<img src=${picture} alt="" loading="lazy" />` : html`<span>${initials(person.name)}</span>`}
    <svg class="sign" viewBox="0 0 24 24">${sign(person.presence)}</svg>
  </span>`;
};

export const avatarStyles = css`
  .avatar {
    position: relative;
    flex: none;
    width: var(--avatar, 3.1em);
    height: var(--avatar, 3.1em);
    border-radius: 50%;
    display: grid;
    place-items: center;
    background: color-mix(in srgb, var(--color) 18%, var(--card-background-color, #fff));
    color: var(--color);
    font-weight: var(--ha-font-weight-medium, 500);
    letter-spacing: 0.02em;
    line-height: 1;
  }
  .avatar > span {
    font-size: 1.1em;
  }
  .avatar img {
    width: 100%;
    height: 100%;
    border-radius: 50%;
    object-fit: cover;
  }
  .avatar .sign {
    position: absolute;
    inset-inline-end: -3px;
    bottom: -3px;
    width: 40%;
    height: 40%;
    border-radius: 50%;
    background: var(--fill);
    color: var(--on);
    box-shadow: 0 0 0 2px var(--surface, var(--card-background-color, #fff));
  }
`;
