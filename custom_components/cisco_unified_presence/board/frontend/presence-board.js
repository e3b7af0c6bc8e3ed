await customElements.whenDefined("home-assistant");/**
 * @license
 * Copyright 2019 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */var pe=globalThis,ue=pe.ShadowRoot&&(pe.ShadyCSS===void 0||pe.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,Me=Symbol(),yt=new WeakMap,se=class{constructor(e,t,r){if(this._$cssResult$=!0,r!==Me)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,t=this.t;if(ue&&e===void 0){let r=t!==void 0&&t.length===1;r&&(e=yt.get(t)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),r&&yt.set(t,e))}return e}toString(){return this.cssText}},bt=o=>new se(typeof o=="string"?o:o+"",void 0,Me),g=(o,...e)=>{let t=o.length===1?o[0]:e.reduce((r,s,i)=>r+(n=>{if(n._$cssResult$===!0)return n.cssText;if(typeof n=="number")return n;throw Error("Value passed to 'css' function must be a 'css' function result: "+n+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(s)+o[i+1],o[0]);return new se(t,o,Me)},xt=(o,e)=>{if(ue)o.adoptedStyleSheets=e.map(t=>t instanceof CSSStyleSheet?t:t.styleSheet);else for(let t of e){let r=document.createElement("style"),s=pe.litNonce;s!==void 0&&r.setAttribute("nonce",s),r.textContent=t.cssText,o.appendChild(r)}},Oe=ue?o=>o:o=>o instanceof CSSStyleSheet?(e=>{let t="";for(let r of e.cssRules)t+=r.cssText;return bt(t)})(o):o;/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */var{is:br,defineProperty:xr,getOwnPropertyDescriptor:wr,getOwnPropertyNames:$r,getOwnPropertySymbols:_r,getPrototypeOf:kr}=Object,he=globalThis,wt=he.trustedTypes,Cr=wt?wt.emptyScript:"",Sr=he.reactiveElementPolyfillSupport,oe=(o,e)=>o,He={toAttribute(o,e){switch(e){case Boolean:o=o?Cr:null;break;case Object:case Array:o=o==null?o:JSON.stringify(o)}return o},fromAttribute(o,e){let t=o;switch(e){case Boolean:t=o!==null;break;case Number:t=o===null?null:Number(o);break;case Object:case Array:try{t=JSON.parse(o)}catch{t=null}}return t}},_t=(o,e)=>!br(o,e),$t={attribute:!0,type:String,converter:He,reflect:!1,useDefault:!1,hasChanged:_t};Symbol.metadata??=Symbol("metadata"),he.litPropertyMetadata??=new WeakMap;var R=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=$t){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let r=Symbol(),s=this.getPropertyDescriptor(e,r,t);s!==void 0&&xr(this.prototype,e,s)}}static getPropertyDescriptor(e,t,r){let{get:s,set:i}=wr(this.prototype,e)??{get(){return this[t]},set(n){this[t]=n}};return{get:s,set(n){let l=s?.call(this);i?.call(this,n),this.requestUpdate(e,l,r)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??$t}static _$Ei(){if(this.hasOwnProperty(oe("elementProperties")))return;let e=kr(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(oe("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(oe("properties"))){let t=this.properties,r=[...$r(t),..._r(t)];for(let s of r)this.createProperty(s,t[s])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[r,s]of t)this.elementProperties.set(r,s)}this._$Eh=new Map;for(let[t,r]of this.elementProperties){let s=this._$Eu(t,r);s!==void 0&&this._$Eh.set(s,t)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let r=new Set(e.flat(1/0).reverse());for(let s of r)t.unshift(Oe(s))}else e!==void 0&&t.push(Oe(e));return t}static _$Eu(e,t){let r=t.attribute;return r===!1?void 0:typeof r=="string"?r:typeof e=="string"?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let r of t.keys())this.hasOwnProperty(r)&&(e.set(r,this[r]),delete this[r]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return xt(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,r){this._$AK(e,r)}_$ET(e,t){let r=this.constructor.elementProperties.get(e),s=this.constructor._$Eu(e,r);if(s!==void 0&&r.reflect===!0){let i=(r.converter?.toAttribute!==void 0?r.converter:He).toAttribute(t,r.type);this._$Em=e,i==null?this.removeAttribute(s):this.setAttribute(s,i),this._$Em=null}}_$AK(e,t){let r=this.constructor,s=r._$Eh.get(e);if(s!==void 0&&this._$Em!==s){let i=r.getPropertyOptions(s),n=typeof i.converter=="function"?{fromAttribute:i.converter}:i.converter?.fromAttribute!==void 0?i.converter:He;this._$Em=s;let l=n.fromAttribute(t,i.type);this[s]=l??this._$Ej?.get(s)??l,this._$Em=null}}requestUpdate(e,t,r,s=!1,i){if(e!==void 0){let n=this.constructor;if(s===!1&&(i=this[e]),r??=n.getPropertyOptions(e),!((r.hasChanged??_t)(i,t)||r.useDefault&&r.reflect&&i===this._$Ej?.get(e)&&!this.hasAttribute(n._$Eu(e,r))))return;this.C(e,t,r)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(e,t,{useDefault:r,reflect:s,wrapped:i},n){r&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,n??t??this[e]),i!==!0||n!==void 0)||(this._$AL.has(e)||(this.hasUpdated||r||(t=void 0),this._$AL.set(e,t)),s===!0&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(t){Promise.reject(t)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[s,i]of this._$Ep)this[s]=i;this._$Ep=void 0}let r=this.constructor.elementProperties;if(r.size>0)for(let[s,i]of r){let{wrapped:n}=i,l=this[s];n!==!0||this._$AL.has(s)||l===void 0||this.C(s,void 0,i,l)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(r=>r.hostUpdate?.()),this.update(t)):this._$EM()}catch(r){throw e=!1,this._$EM(),r}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(t=>t.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(t=>this._$ET(t,this[t])),this._$EM()}updated(e){}firstUpdated(e){}};R.elementStyles=[],R.shadowRootOptions={mode:"open"},R[oe("elementProperties")]=new Map,R[oe("finalized")]=new Map,Sr?.({ReactiveElement:R}),(he.reactiveElementVersions??=[]).push("2.1.2");/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */var De=globalThis,kt=o=>o,me=De.trustedTypes,Ct=me?me.createPolicy("lit-html",{createHTML:o=>o}):void 0,Le="$lit$",M=`lit$${Math.random().toFixed(9).slice(2)}$`,Ue="?"+M,Pr=`<${Ue}>`,j=document,ne=()=>j.createComment(""),ae=o=>o===null||typeof o!="object"&&typeof o!="function",Ne=Array.isArray,Rt=o=>Ne(o)||typeof o?.[Symbol.iterator]=="function",ze=`[ 	
\f\r]`,ie=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,St=/-->/g,Pt=/>/g,B=RegExp(`>|${ze}(?:([^\\s"'>=/]+)(${ze}*=${ze}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),At=/'/g,Tt=/"/g,Mt=/^(?:script|style|textarea|title)$/i,Ie=o=>(e,...t)=>({_$litType$:o,strings:e,values:t}),c=Ie(1),Ot=Ie(2),ps=Ie(3),C=Symbol.for("lit-noChange"),p=Symbol.for("lit-nothing"),Et=new WeakMap,q=j.createTreeWalker(j,129);function Ht(o,e){if(!Ne(o)||!o.hasOwnProperty("raw"))throw Error("invalid template strings array");return Ct!==void 0?Ct.createHTML(e):e}var zt=(o,e)=>{let t=o.length-1,r=[],s,i=e===2?"<svg>":e===3?"<math>":"",n=ie;for(let l=0;l<t;l++){let a=o[l],u,h,d=-1,f=0;for(;f<a.length&&(n.lastIndex=f,h=n.exec(a),h!==null);)f=n.lastIndex,n===ie?h[1]==="!--"?n=St:h[1]!==void 0?n=Pt:h[2]!==void 0?(Mt.test(h[2])&&(s=RegExp("</"+h[2],"g")),n=B):h[3]!==void 0&&(n=B):n===B?h[0]===">"?(n=s??ie,d=-1):h[1]===void 0?d=-2:(d=n.lastIndex-h[2].length,u=h[1],n=h[3]===void 0?B:h[3]==='"'?Tt:At):n===Tt||n===At?n=B:n===St||n===Pt?n=ie:(n=B,s=void 0);let m=n===B&&o[l+1].startsWith("/>")?" ":"";i+=n===ie?a+Pr:d>=0?(r.push(u),a.slice(0,d)+Le+a.slice(d)+M+m):a+M+(d===-2?l:m)}return[Ht(o,i+(o[t]||"<?>")+(e===2?"</svg>":e===3?"</math>":"")),r]},le=class o{constructor({strings:e,_$litType$:t},r){let s;this.parts=[];let i=0,n=0,l=e.length-1,a=this.parts,[u,h]=zt(e,t);if(this.el=o.createElement(u,r),q.currentNode=this.el.content,t===2||t===3){let d=this.el.content.firstChild;d.replaceWith(...d.childNodes)}for(;(s=q.nextNode())!==null&&a.length<l;){if(s.nodeType===1){if(s.hasAttributes())for(let d of s.getAttributeNames())if(d.endsWith(Le)){let f=h[n++],m=s.getAttribute(d).split(M),v=/([.?@])?(.*)/.exec(f);a.push({type:1,index:i,name:v[2],strings:m,ctor:v[1]==="."?fe:v[1]==="?"?ve:v[1]==="@"?ye:V}),s.removeAttribute(d)}else d.startsWith(M)&&(a.push({type:6,index:i}),s.removeAttribute(d));if(Mt.test(s.tagName)){let d=s.textContent.split(M),f=d.length-1;if(f>0){s.textContent=me?me.emptyScript:"";for(let m=0;m<f;m++)s.append(d[m],ne()),q.nextNode(),a.push({type:2,index:++i});s.append(d[f],ne())}}}else if(s.nodeType===8)if(s.data===Ue)a.push({type:2,index:i});else{let d=-1;for(;(d=s.data.indexOf(M,d+1))!==-1;)a.push({type:7,index:i}),d+=M.length-1}i++}}static createElement(e,t){let r=j.createElement("template");return r.innerHTML=e,r}};function F(o,e,t=o,r){if(e===C)return e;let s=r!==void 0?t._$Co?.[r]:t._$Cl,i=ae(e)?void 0:e._$litDirective$;return s?.constructor!==i&&(s?._$AO?.(!1),i===void 0?s=void 0:(s=new i(o),s._$AT(o,t,r)),r!==void 0?(t._$Co??=[])[r]=s:t._$Cl=s),s!==void 0&&(e=F(o,s._$AS(o,e.values),s,r)),e}var ge=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:r}=this._$AD,s=(e?.creationScope??j).importNode(t,!0);q.currentNode=s;let i=q.nextNode(),n=0,l=0,a=r[0];for(;a!==void 0;){if(n===a.index){let u;a.type===2?u=new K(i,i.nextSibling,this,e):a.type===1?u=new a.ctor(i,a.name,a.strings,this,e):a.type===6&&(u=new be(i,this,e)),this._$AV.push(u),a=r[++l]}n!==a?.index&&(i=q.nextNode(),n++)}return q.currentNode=j,s}p(e){let t=0;for(let r of this._$AV)r!==void 0&&(r.strings!==void 0?(r._$AI(e,r,t),t+=r.strings.length-2):r._$AI(e[t])),t++}},K=class o{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,r,s){this.type=2,this._$AH=p,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=r,this.options=s,this._$Cv=s?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=F(this,e,t),ae(e)?e===p||e==null||e===""?(this._$AH!==p&&this._$AR(),this._$AH=p):e!==this._$AH&&e!==C&&this._(e):e._$litType$!==void 0?this.$(e):e.nodeType!==void 0?this.T(e):Rt(e)?this.k(e):this._(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==p&&ae(this._$AH)?this._$AA.nextSibling.data=e:this.T(j.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:r}=e,s=typeof r=="number"?this._$AC(e):(r.el===void 0&&(r.el=le.createElement(Ht(r.h,r.h[0]),this.options)),r);if(this._$AH?._$AD===s)this._$AH.p(t);else{let i=new ge(s,this),n=i.u(this.options);i.p(t),this.T(n),this._$AH=i}}_$AC(e){let t=Et.get(e.strings);return t===void 0&&Et.set(e.strings,t=new le(e)),t}k(e){Ne(this._$AH)||(this._$AH=[],this._$AR());let t=this._$AH,r,s=0;for(let i of e)s===t.length?t.push(r=new o(this.O(ne()),this.O(ne()),this,this.options)):r=t[s],r._$AI(i),s++;s<t.length&&(this._$AR(r&&r._$AB.nextSibling,s),t.length=s)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let r=kt(e).nextSibling;kt(e).remove(),e=r}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},V=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,r,s,i){this.type=1,this._$AH=p,this._$AN=void 0,this.element=e,this.name=t,this._$AM=s,this.options=i,r.length>2||r[0]!==""||r[1]!==""?(this._$AH=Array(r.length-1).fill(new String),this.strings=r):this._$AH=p}_$AI(e,t=this,r,s){let i=this.strings,n=!1;if(i===void 0)e=F(this,e,t,0),n=!ae(e)||e!==this._$AH&&e!==C,n&&(this._$AH=e);else{let l=e,a,u;for(e=i[0],a=0;a<i.length-1;a++)u=F(this,l[r+a],t,a),u===C&&(u=this._$AH[a]),n||=!ae(u)||u!==this._$AH[a],u===p?e=p:e!==p&&(e+=(u??"")+i[a+1]),this._$AH[a]=u}n&&!s&&this.j(e)}j(e){e===p?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??"")}},fe=class extends V{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===p?void 0:e}},ve=class extends V{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==p)}},ye=class extends V{constructor(e,t,r,s,i){super(e,t,r,s,i),this.type=5}_$AI(e,t=this){if((e=F(this,e,t,0)??p)===C)return;let r=this._$AH,s=e===p&&r!==p||e.capture!==r.capture||e.once!==r.once||e.passive!==r.passive,i=e!==p&&(r===p||s);s&&this.element.removeEventListener(this.name,this,r),i&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},be=class{constructor(e,t,r){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=r}get _$AU(){return this._$AM._$AU}_$AI(e){F(this,e)}},Dt={M:Le,P:M,A:Ue,C:1,L:zt,R:ge,D:Rt,V:F,I:K,H:V,N:ve,U:ye,B:fe,F:be},Ar=De.litHtmlPolyfillSupport;Ar?.(le,K),(De.litHtmlVersions??=[]).push("3.3.3");var Lt=(o,e,t)=>{let r=t?.renderBefore??e,s=r._$litPart$;if(s===void 0){let i=t?.renderBefore??null;r._$litPart$=s=new K(e.insertBefore(ne(),i),i,void 0,t??{})}return s._$AI(o),s};/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */var Be=globalThis,y=class extends R{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=Lt(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return C}};y._$litElement$=!0,y.finalized=!0,Be.litElementHydrateSupport?.({LitElement:y});var Tr=Be.litElementPolyfillSupport;Tr?.({LitElement:y});(Be.litElementVersions??=[]).push("4.2.2");/**
 * @license
 * Copyright 2022 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */var x="cisco_unified_presence";var Y=class{constructor(e,t,r){this.connection=e;this.receive=t;this.fail=r;e.addEventListener("ready",()=>this.open()),e.addEventListener("disconnected",()=>{this.opened=void 0,this.request&&this.fail("disconnected")})}start(e){this.request?.language===e.language&&this.opened||(this.drop(),this.request=e,this.open())}stop(){this.request=void 0,this.drop()}open(){if(clearTimeout(this.retry),!this.request||this.opened||!this.connection.connected)return;let e=this.connection.subscribeMessage(t=>{this.opened===e&&("gone"in t?this.tryAgain("not_loaded"):this.receive(t))},this.request,{resubscribe:!1}).catch(t=>{this.opened===e&&this.tryAgain(t?.code??"unknown")});this.opened=e}tryAgain(e){this.drop(),this.fail(e),this.retry=setTimeout(()=>this.open(),1e3)}drop(){clearTimeout(this.retry),this.opened?.then(e=>e?.()).catch(()=>{}),this.opened=void 0}};var J=class{constructor(){this.listeners=new Map}get isEmpty(){return this.listeners.size===0}listen(e,t){let r=this.listeners.get(e)??new Set;return this.listeners.set(e,r.add(t)),()=>{r.delete(t),!r.size&&this.listeners.get(e)===r&&this.listeners.delete(e)}}tell(...e){for(let t of e)this.listeners.get(t)?.forEach(r=>r())}tellAll(){this.tell(...this.listeners.keys())}};var S="list",G="any",Er=5e3,Rr=5e3,Ut=({name:o,area_id:e,labels:t,groups:r,presence_entity:s})=>JSON.stringify([o,e,t,r,s]),b=class o{constructor(e){this.people=new Map;this.servers=[];this.groups=[];this.loaded=!1;this.topics=new J;this.pressed=new Map;this.subscription=new Y(e,t=>this.receive(t),t=>this.fail(t))}static{this.byConnection=new WeakMap}static of(e){let t=this.byConnection.get(e);return t||this.byConnection.set(e,t=new o(e)),t}speak(e){this.language=e,this.topics.isEmpty||this.start()}listen(e,t){let r=this.topics.listen(e,t);return this.start(),()=>{r(),clearTimeout(this.leaving),this.leaving=setTimeout(()=>this.topics.isEmpty&&this.subscription.stop(),Er)}}get(e){let t=this.people.get(e),r=this.pressed.get(e);return t&&r?{...t,...r,pending:!0}:t}server(e){return this.servers.find(({entry_id:t})=>t===e.entry_id)}async press(e,t,r){let s=()=>{this.pressed.get(e)===t&&(this.pressed.delete(e),this.topics.tell(e,G))};this.pressed.set(e,t),this.topics.tell(e,G);try{await r(),setTimeout(s,Rr)}catch(i){throw s(),i}}start(){clearTimeout(this.leaving),this.language&&this.subscription.start({type:`${x}/people/subscribe`,language:this.language})}receive(e){this.heardAt=new Date,"people"in e?this.receiveAll(e):this.receiveChanged(e)}receiveAll({protocol:e,people:t,servers:r,groups:s}){if(e!==1){this.fail("restart_needed");return}this.people.clear();for(let i of t)this.people.set(i.id,i);this.servers=r,this.groups=s,this.loaded=!0,this.problem=void 0,this.topics.tellAll()}receiveChanged({changed:e=[],removed:t=[],servers:r,groups:s}){let i=!!(t.length||r||s);for(let a of e){let u=this.people.get(a.id);i||=!u||Ut(u)!==Ut(a),this.people.set(a.id,a),this.confirm(a),this.topics.tell(a.id)}for(let a of t)this.people.delete(a);let n=new Map(r?.map(a=>[a.entry_id,a])),l=this.servers.filter(({entry_id:a})=>!n.has(a));r&&(this.servers=[...l,...r]),s&&(this.groups=s),this.topics.tell(G),i&&this.topics.tell(S)}confirm(e){let t=this.pressed.get(e.id);if(!t)return;let r=s=>e[s]===t[s];["presence","source","rules_paused"].every(s=>!(s in t)||r(s))&&this.pressed.delete(e.id)}fail(e){this.problem=e,this.topics.tellAll()}};var Mr=`component.${x}.config_panel.board.`,Or=`component.${x}.entity.sensor.presence.state.`,Hr=`component.${x}.entity.binary_sensor.`,Fe=class{constructor(e,t){this.language=e;this.resources=t}get(e,t={}){return(this.resources[Mr+e]??"").replace(/\{(\w+)\}/g,(s,i)=>String(t[i]??s))}activity(e){return this.resources[`${Hr}${e}.name`]??""}presence(e){return e?this.resources[Or+e]??e:this.get("unknown")}},je=new Map,Ve,P=o=>{let{language:e}=o,t=je.get(e);return t||(t=Promise.all(["config_panel","entity"].map(r=>o.callWS({type:"frontend/get_translations",language:e,category:r,integration:[x]}))).then(r=>(Ve=new Fe(e,Object.assign({},...r.map(({resources:s})=>s))),Ve)),t.catch(()=>je.delete(e)),je.set(e,t)),t},Ge=o=>Ve?.get(o)??"";var z=g`
  :host {
    display: block;
    --radius: var(--ha-card-border-radius, var(--ha-border-radius-lg, 12px));
    color: var(--primary-text-color);
    font-size: var(--ha-font-size-m, 14px);
    line-height: 1.4;
  }
  :host([hidden]) {
    display: none;
  }
  /* A panel view sets no radius, and leaves the whole page to the card. */
  :host([panel]) {
    --radius: var(--ha-border-radius-lg, 12px);
    box-sizing: border-box;
    max-width: 130em;
    margin: 0 auto;
    padding: var(--ha-space-4, 16px);
    font-size: clamp(14px, 10px + 0.3vw, 22px);
  }
  h2 {
    margin: 0 0 0.4em;
    font-size: 1.6em;
    font-weight: var(--ha-font-weight-medium, 500);
    line-height: 1.25;
    overflow-wrap: anywhere;
  }
  [data-stale] {
    filter: grayscale(1);
  }
`,T=class extends y{constructor(){super(...arguments);this.stops=[]}static{this.properties={config:{attribute:!1},texts:{attribute:!1},dark:{type:Boolean,reflect:!0},preview:{type:Boolean},isPanel:{type:Boolean,reflect:!0,attribute:"panel"},layout:{}}}get hass(){return this.current}set hass(t){let r=this.current;this.current=t,t&&(this.texts?.language!==t.language&&this.loadTexts(t),this.dark=t.themes.darkMode,!r&&this.isConnected&&this.followAll(),(!r||this.concerns(r,t))&&this.requestUpdate())}get people(){return this.current&&b.of(this.current.connection)}setConfig(t){this.config=t}getCardSize(){return 6}connectedCallback(){super.connectedCallback(),this.followAll()}disconnectedCallback(){super.disconnectedCallback();for(let t of this.stops.splice(0))t()}concerns(t,r){return t.locale!==r.locale||t.areas!==r.areas}render(){let{hass:t,people:r,texts:s,config:i}=this;return t&&r&&s&&i?this.draw({hass:t,people:r,texts:s,config:i}):p}followAll(){let{people:t}=this;t&&!this.stops.length&&this.stops.push(...this.follow(t))}async loadTexts(t){this.people?.speak(t.language),this.texts=await P(t).catch(()=>this.texts)}};var We=(...o)=>o.map(({options:e,...t})=>{if(!e)return t;let r=e.map(s=>({value:s,label:Ge(`options.${t.name}.${s}`)||s}));return{...t,selector:{select:{mode:"dropdown",options:r}}}}),Ke=({name:o})=>Ge(`fields.${o}`)||o,D=(...o)=>({schema:We(...o),computeLabel:Ke,computeHelper:()=>{}});var Ye=({locale:o,config:e})=>o.time_zone==="server"?e.time_zone:void 0,Nt=new Map,xe=(o,e)=>{let{language:t,time_format:r}=o.locale,s=Ye(o),i=[t,r,s,...Object.values(e)].join(),n=Nt.get(i);if(!n){let l=r==="12"||r==="24";n=new Intl.DateTimeFormat(r==="system"?void 0:t,{...e,...s&&{timeZone:s},...l&&e.hour&&{hourCycle:r==="12"?"h12":"h23"}}),Nt.set(i,n)}return n},O=(o,e)=>xe(o,{hour:"numeric",minute:"2-digit"}).format(e),Bt=(o,e)=>xe(o,{weekday:"long",day:"numeric",month:"long"}).format(e),It=(o,e)=>xe(o,{year:"numeric",month:"numeric",day:"numeric"}).format(e),A=(o,e,t=new Date)=>{let r=new Date(e),s=O(o,r);if(It(o,r)===It(o,t))return s;let i=Math.abs(r.getTime()-t.getTime())>6*864e5,n=xe(o,i?{day:"numeric",month:"short"}:{weekday:"short"}).format(r);return i?n:`${n} ${s}`},qt=(o,e)=>{let t=new Intl.DateTimeFormat("en",{hour:"numeric",minute:"numeric",second:"numeric",hourCycle:"h23",...Ye(o)&&{timeZone:Ye(o)}}).formatToParts(e),r=i=>Number(t.find(n=>n.type===i)?.value??0),s=r("hour")*3600+r("minute")*60+r("second");return new Date(Math.floor(e.getTime()/1e3)*1e3-s*1e3)},jt=o=>{let e=o.split(/[\s@._,-]+/).map(t=>t.match(/[\p{L}\p{N}]/u)?.[0]).filter(t=>t!==void 0);return[e[0],e.length>1?e.at(-1):void 0].join("").toLocaleUpperCase()};var $=(o,e,t={})=>{o.dispatchEvent(new CustomEvent(e,{bubbles:!0,composed:!0,detail:t}))},we=o=>{history.pushState(null,"",o),$(window,"location-changed",{replace:!1})};var zr=["disconnected","not_loaded","restart_needed","unauthorized"],L=(o,e,t,r=e.problem)=>{let{heardAt:s}=e,i=r?[t.get(`problem.${zr.includes(r)?r:"unknown"}`,{code:r})]:e.servers.filter(({state:n})=>n==="away").map(({title:n,reason:l})=>t.get("server_away",{server:n,reason:l??""}));return i.length?(e.problem&&e.loaded&&s&&i.push(t.get("last_heard",{time:A(o,s.toISOString())})),c`<div class="notice" role="alert">
    <svg class="sign" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M12 4L2.5 20h19zM12 10v4.5m0 2.6h.01" stroke-width="2" />
    </svg>
    <div>${i.map(n=>c`<p>${n}</p>`)}</div>
  </div>`):p},Q=(o,e,t)=>{if(!e.loaded)return p;let r=!e.people.size;return c`<div class="nobody">
    <p>${t.get(r?"nobody":"nobody_selected")}</p>
    ${r&&o.user?.is_admin?c`<a
            href="/config/integrations/integration/${x}"
            @click=${s=>{s.preventDefault(),we(`/config/integrations/integration/${x}`)}}
            >${t.get("add_people")}</a
          >`:p}
  </div>`},U=g`
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
`;var H=["available","busy","do_not_disturb","away","vacation","offline"],Dr={available:"M6.5 12.5l4 4 7.5-8.5",busy:"M12 12h.01",do_not_disturb:"M7 12h10",away:"M12 6.5V12l3.5 3.5",vacation:"M17 7L7 17m0-7.5V17h7.5",offline:"M8 8l8 8m0-8l-8 8",unknown:"M9 9.5a3 3 0 1 1 4.2 2.7c-.8.4-1.2.9-1.2 1.8m0 3h.01"},N=o=>Ot`<path
  d=${Dr[o??"unknown"]}
  stroke-width=${o==="busy"?9:3}
/>`,w=g`
  svg.sign {
    fill: none;
    stroke: currentColor;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
`,_=g`
  :host {
    --available-color: var(--presence-color-available, #14692f);
    --busy-color: var(--presence-color-busy, #b3261e);
    --do-not-disturb-color: var(--presence-color-do-not-disturb, #7a1fa0);
    --away-color: var(--presence-color-away, #7a5000);
    --vacation-color: var(--presence-color-vacation, #175aa8);
    --offline-color: var(--presence-color-offline, #565b61);
    --available-fill: var(--presence-fill-available, #18803b);
    --busy-fill: var(--presence-fill-busy, #c5281f);
    --do-not-disturb-fill: var(--presence-fill-do-not-disturb, #7f22a8);
    --away-fill: var(--presence-fill-away, #f5b62e);
    --vacation-fill: var(--presence-fill-vacation, #1d67bd);
    --offline-fill: var(--presence-fill-offline, #656b72);
    --available-on: var(--presence-on-available, #fff);
    --busy-on: var(--presence-on-busy, #fff);
    --do-not-disturb-on: var(--presence-on-do-not-disturb, #fff);
    --away-on: var(--presence-on-away, #221600);
    --vacation-on: var(--presence-on-vacation, #fff);
    --offline-on: var(--presence-on-offline, #fff);
  }
  :host([dark]) {
    --tint: 14%;
    --available-color: var(--presence-color-available, #67d68c);
    --busy-color: var(--presence-color-busy, #ff958c);
    --do-not-disturb-color: var(--presence-color-do-not-disturb, #dfa3f7);
    --away-color: var(--presence-color-away, #ffc95c);
    --vacation-color: var(--presence-color-vacation, #8fc1ff);
    --offline-color: var(--presence-color-offline, #b3b8be);
  }
`,k=g`
  [data-presence] {
    --color: var(--offline-color);
    --fill: var(--offline-fill);
    --on: var(--offline-on);
  }
  [data-presence="available"] {
    --color: var(--available-color);
    --fill: var(--available-fill);
    --on: var(--available-on);
  }
  [data-presence="busy"] {
    --color: var(--busy-color);
    --fill: var(--busy-fill);
    --on: var(--busy-on);
  }
  [data-presence="do_not_disturb"] {
    --color: var(--do-not-disturb-color);
    --fill: var(--do-not-disturb-fill);
    --on: var(--do-not-disturb-on);
  }
  [data-presence="away"] {
    --color: var(--away-color);
    --fill: var(--away-fill);
    --on: var(--away-on);
  }
  [data-presence="vacation"] {
    --color: var(--vacation-color);
    --fill: var(--vacation-fill);
    --on: var(--vacation-on);
  }
`;var Z=(o,e)=>{let r=(e.person_entity?o.states[e.person_entity]:void 0)?.attributes.entity_picture;return c`<span class="avatar" aria-hidden="true">
    ${r?c`<img src=${r} alt="" loading="lazy" />`:c`<span>${jt(e.name)}</span>`}
    <svg class="sign" viewBox="0 0 24 24">${N(e.presence)}</svg>
  </span>`},X=g`
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
`;var Ft="00:00:00",Lr=o=>o===void 0?{}:o==="end_of_day"?{until:Ft}:{duration:{minutes:o}},Ur=({presence_entity:o,device_id:e})=>o?{entity_id:o}:{device_id:e??""},$e=(o,e,t,r={})=>o.callService(x,t,r,Ur(e),!1),_e=(o,e,{presence:t,duration:r,note:s})=>{let i={presence:t,...Lr(r),...s&&{note:s}},n=typeof r=="number"?new Date(Date.now()+r*6e4).toISOString():null;return b.of(o.connection).press(e.id,{presence:t,wanted:t,source:"manual",until:n,note:s??null},()=>$e(o,e,"set_presence",i))},Vt=(o,e)=>{let t={source:"own",wanted:null,until:null,...e.own&&{presence:e.own}};return b.of(o.connection).press(e.id,t,()=>$e(o,e,"clear_presence"))},Gt=(o,e)=>b.of(o.connection).press(e.id,{rules_paused:!0},()=>$e(o,e,"pause_rules",{until:Ft})),Wt=(o,e)=>b.of(o.connection).press(e.id,{rules_paused:!1},()=>$e(o,e,"resume_rules")),ee=async(o,e)=>{let t=e??{};if(t.translation_domain&&t.translation_key){let r=await o.loadBackendTranslation("exceptions",t.translation_domain),s=`component.${t.translation_domain}.exceptions.${t.translation_key}.message`,i=r(s,t.translation_placeholders);if(i)return i}return t.message??String(e)};var Nr={ArrowRight:1,ArrowDown:1,ArrowLeft:-1,ArrowUp:-1},Je=class extends y{static{this.properties={texts:{attribute:!1},value:{attribute:!1},label:{},compact:{type:Boolean,reflect:!0}}}render(){let e=this.value??H[0];return c`<div role="radiogroup" aria-label=${this.label} @keydown=${this.move}>
      ${H.map(t=>{let r=this.texts.presence(t);return c`<button
          role="radio"
          aria-checked=${t===this.value}
          aria-label=${r}
          title=${this.compact?r:""}
          tabindex=${t===e?0:-1}
          data-presence=${t}
          @click=${()=>$(this,"chosen",{presence:t})}
        >
          <svg class="sign" viewBox="0 0 24 24" aria-hidden="true">${N(t)}</svg>
          ${this.compact?"":c`<span>${r}</span>`}
        </button>`})}
    </div>`}move(e){let t=getComputedStyle(this).direction==="rtl"&&e.key.match(/Left|Right/)?-1:1,r=(Nr[e.key]??0)*t;if(!r)return;e.preventDefault();let s=[...this.renderRoot.querySelectorAll("button")],i=s.indexOf(e.target);s.at((i+r)%s.length)?.focus()}static{this.styles=[w,k,g`
      :host {
        display: block;
      }
      [role="radiogroup"] {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(9em, 1fr));
        gap: var(--ha-space-2, 8px);
      }
      button {
        all: unset;
        box-sizing: border-box;
        display: flex;
        align-items: center;
        gap: var(--ha-space-2, 8px);
        min-height: 48px;
        padding: var(--ha-space-1, 4px) var(--ha-space-3, 12px);
        border-radius: var(--ha-border-radius-lg, 12px);
        background: color-mix(in srgb, var(--fill) 8%, var(--card-background-color, #fff));
        color: var(--primary-text-color);
        font-weight: var(--ha-font-weight-medium, 500);
        cursor: pointer;
        -webkit-tap-highlight-color: transparent;
      }
      button:hover {
        background: color-mix(in srgb, var(--fill) 16%, var(--card-background-color, #fff));
      }
      button:focus-visible {
        outline: 3px solid var(--color);
        outline-offset: 1px;
      }
      button[aria-checked="true"] {
        background: var(--fill);
        color: var(--on);
      }
      svg {
        flex: none;
        width: 24px;
        height: 24px;
        border-radius: 50%;
        background: var(--fill);
        color: var(--on);
        scale: 0.92;
      }
      :host([compact]) [role="radiogroup"] {
        grid-template-columns: repeat(6, 1fr);
        gap: var(--ha-space-1, 4px);
      }
      :host([compact]) button {
        justify-content: center;
        padding: 0;
        min-height: var(--feature-height, 42px);
        border-radius: var(--feature-border-radius, 12px);
      }
    `]}};customElements.define("presence-choice",Je);var Ir=[void 0,15,30,60,"end_of_day"],Br=500,Kt=(o,e,t,r)=>{let s=document.createElement("presence-quick-choices");Object.assign(s,{hass:e,texts:t,person:r}),s.addEventListener("closed",()=>s.remove()),o.renderRoot.append(s)},Qe=class extends y{static{this.properties={person:{attribute:!1},texts:{attribute:!1},dark:{type:Boolean,reflect:!0},duration:{state:!0},result:{state:!0},failure:{state:!0}}}connectedCallback(){super.connectedCallback(),this.dark=this.hass.themes.darkMode,this.stop=b.of(this.hass.connection).listen(this.person,()=>this.requestUpdate())}disconnectedCallback(){super.disconnectedCallback(),this.stop?.()}firstUpdated(){this.dialog?.showModal()}get dialog(){return this.renderRoot.querySelector("dialog")}render(){let{hass:e,texts:t}=this,r=b.of(e.connection).get(this.person);if(!r)return p;let s=r.source==="manual";return c`<dialog
      aria-labelledby="name"
      data-presence=${r.presence??"unknown"}
      @close=${()=>$(this,"closed")}
      @click=${this.closeOutside}
    >
      <header>
        ${Z(e,r)}
        <h2 id="name"><bdi>${r.name}</bdi></h2>
        <p>
          <span class="word">${t.presence(r.presence)}</span>
          ${r.presence&&r.until?t.get("until",{when:A(e,r.until)}):p}
        </p>
        <button class="close" aria-label=${t.get("choices.close")} @click=${()=>this.dialog?.close()}>
          <svg class="sign" viewBox="0 0 24 24" aria-hidden="true"><path d="M6 6l12 12m0-12L6 18" stroke-width="2" /></svg>
        </button>
      </header>
      ${r.reason?c`<p class="reason">${r.reason}</p>`:p}
      <presence-choice
        .texts=${t}
        .value=${s?r.wanted:null}
        .label=${t.get("choices.presence")}
        @chosen=${i=>this.choose(i.detail.presence)}
      ></presence-choice>
      <fieldset>
        <legend>${t.get("choices.duration")}</legend>
        ${Ir.map(i=>c`<label>
            <input
              type="radio"
              name="duration"
              .checked=${i===this.duration}
              @change=${()=>this.last(i)}
            /><span>${this.durationText(i)}</span>
          </label>`)}
      </fieldset>
      <label class="note">
        <span>${t.get("choices.note")}</span>
        <input
          type="text"
          dir="auto"
          maxlength=${Br}
          autocomplete="off"
          .value=${s?r.note??"":""}
          @change=${()=>this.again()}
        />
      </label>
      <footer>
        <button class="action" @click=${()=>this.act(Vt(e,r),"choices.done")}>
          ${t.get("choices.automatic")}
        </button>
        ${r.rules_paused?c`<button class="action" @click=${()=>this.act(Wt(e,r),"choices.done")}>
                ${t.get("choices.follow_rules")}
              </button>`:c`<button class="action" @click=${()=>this.act(Gt(e,r),"choices.done")}>
                ${t.get("choices.rules_off_today")}
              </button>`}
      </footer>
      <p class="result" role="status">${this.result}</p>
      <p class="failure" role="alert">${this.failure}</p>
    </dialog>`}durationText(e){return e===void 0?this.texts.get("choices.until_changed"):e==="end_of_day"?this.texts.get("choices.end_of_day"):this.texts.get("choices.minutes",{minutes:e})}get note(){return this.renderRoot.querySelector(".note input")?.value.trim()??""}choose(e){let t=b.of(this.hass.connection).get(this.person);if(!t)return;let{duration:r,note:s}=this;this.act(_e(this.hass,t,{presence:e,duration:r,note:s}),"choices.done")}last(e){this.duration=e,this.again()}again(){let e=b.of(this.hass.connection).get(this.person);e?.source==="manual"&&e.wanted&&this.choose(e.wanted)}async act(e,t){this.result=this.texts.get("choices.setting"),this.failure=void 0;try{await e,this.result=this.texts.get(t)}catch(r){this.result=void 0,this.failure=await ee(this.hass,r),this.isConnected||$(document.querySelector("home-assistant"),"hass-notification",{message:this.failure})}}closeOutside(e){e.target===this.dialog&&this.dialog?.close()}static{this.styles=[w,_,k,X,g`
      dialog {
        box-sizing: border-box;
        width: min(480px, 100vw - 32px);
        max-height: calc(100dvh - 32px);
        overflow-y: auto;
        padding: 0;
        border: none;
        border-radius: var(--ha-dialog-border-radius, var(--ha-border-radius-xl, 24px));
        background: var(--ha-dialog-surface-background, var(--card-background-color, #fff));
        color: var(--primary-text-color);
        font-family: var(--ha-font-family-body, Roboto, sans-serif);
        font-size: var(--ha-font-size-m, 14px);
        line-height: 1.4;
        box-shadow: 0 8px 40px rgb(0 0 0 / 35%);
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 45%);
      }
      dialog > * {
        margin: var(--ha-space-4, 16px) var(--ha-space-5, 20px);
      }
      dialog > p:empty {
        display: none;
      }
      header {
        --avatar: 56px;
        display: grid;
        grid-template: "avatar name close" auto "avatar now close" auto / auto minmax(0, 1fr) auto;
        column-gap: var(--ha-space-4, 16px);
        align-items: center;
        margin-block-start: var(--ha-space-5, 20px);
      }
      .avatar {
        grid-area: avatar;
      }
      h2 {
        grid-area: name;
        margin: 0;
        font-size: var(--ha-font-size-xl, 20px);
        font-weight: var(--ha-font-weight-medium, 500);
        text-align: start;
        overflow-wrap: anywhere;
      }
      header p {
        grid-area: now;
        margin: 0;
        color: var(--secondary-text-color);
      }
      .word {
        color: var(--color);
        font-weight: var(--ha-font-weight-medium, 500);
      }
      .close {
        all: unset;
        grid-area: close;
        align-self: start;
        width: 24px;
        height: 24px;
        padding: 12px;
        margin: -8px -12px 0 0;
        border-radius: 50%;
        cursor: pointer;
        color: var(--secondary-text-color);
      }
      .close:hover {
        background: var(--secondary-background-color);
      }
      .reason {
        color: var(--secondary-text-color);
      }
      fieldset {
        border: none;
        padding: 0;
        display: flex;
        flex-wrap: wrap;
        gap: var(--ha-space-2, 8px);
      }
      legend,
      .note span {
        padding: 0;
        margin-block-end: var(--ha-space-1, 4px);
        color: var(--secondary-text-color);
      }
      fieldset label {
        position: relative;
        cursor: pointer;
      }
      fieldset input {
        position: absolute;
        inset: 0;
        opacity: 0;
        margin: 0;
        cursor: pointer;
      }
      fieldset span {
        display: block;
        padding: 6px var(--ha-space-3, 12px);
        border: 1px solid var(--divider-color);
        border-radius: var(--ha-border-radius-pill, 999px);
      }
      input:checked + span {
        background: color-mix(in srgb, var(--primary-text-color) 88%, transparent);
        border-color: transparent;
        color: var(--card-background-color, #fff);
      }
      .note {
        display: grid;
      }
      .note input {
        box-sizing: border-box;
        width: 100%;
        min-height: 44px;
        padding: 0 var(--ha-space-3, 12px);
        border: 1px solid var(--secondary-text-color);
        border-radius: var(--ha-border-radius-md, 8px);
        background: transparent;
        color: inherit;
        font: inherit;
      }
      footer {
        display: flex;
        flex-wrap: wrap;
        gap: var(--ha-space-2, 8px);
      }
      .action {
        all: unset;
        box-sizing: border-box;
        flex: 1 1 auto;
        min-height: 44px;
        padding: var(--ha-space-1, 4px) var(--ha-space-4, 16px);
        display: grid;
        place-items: center;
        text-align: center;
        border-radius: var(--ha-border-radius-pill, 999px);
        border: 1px solid var(--secondary-text-color);
        font-weight: var(--ha-font-weight-medium, 500);
        cursor: pointer;
      }
      .action:hover {
        background: var(--secondary-background-color);
      }
      :is(.action, .close, .note input):focus-visible,
      input:focus-visible + span {
        outline: 3px solid var(--primary-color);
        outline-offset: 1px;
      }
      .failure {
        color: var(--busy-color);
      }
      @media (max-width: 480px) {
        dialog {
          width: 100vw;
          max-width: none;
          margin: auto 0 0;
          border-end-start-radius: 0;
          border-end-end-radius: 0;
          padding-block-end: env(safe-area-inset-bottom);
        }
      }
    `]}};customElements.define("presence-quick-choices",Qe);var qr=["on_the_phone","in_a_meeting"],Ze=class extends y{static{this.properties={person:{attribute:!1},texts:{attribute:!1},locale:{attribute:!1},size:{reflect:!0}}}disconnectedCallback(){super.disconnectedCallback(),this.stop?.(),this.followed=void 0}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.requestUpdate()}render(){this.follow();let e=this.people.get(this.person);return e?c`<button
      data-presence=${e.presence??"unknown"}
      ?data-pending=${e.pending}
      aria-haspopup=${e.may_control?"dialog":p}
      @click=${this.press}
    >
      ${Z(this.hass,e)}
      <span class="name"><bdi>${e.name}</bdi></span>
      <span class="now"><span class="word">${this.texts.presence(e.presence)}</span>${this.time(e)}</span>
      ${this.why(e)}
    </button>`:p}time(e){let{presence:t,since:r}=e,s=e.until??e.until_expected;return t?s?c`<span class="time">${this.texts.get("until",{when:A(this.hass,s)})}</span>`:!r||e.pending?p:c`<span class="time">${this.texts.get("since",{when:A(this.hass,r)})}</span>`:p}why(e){let{note:t,reason:r,controlled:s,source:i}=e,n=s&&i!=="own"?r:null,l=qr.find(a=>e[a]);return!t&&!n&&!l?p:c`<span class="why">
      ${l?c`<span class="activity">${this.texts.activity(l)}</span>`:p}
      ${t?c`<span class="note"><bdi>${t}</bdi></span>`:p}
      ${n?c`<span class="reason">${n}</span>`:p}
    </span>`}follow(){this.followed===this.person||!this.isConnected||(this.stop?.(),this.followed=this.person,this.stop=this.people.listen(this.person,()=>this.requestUpdate()))}press(){let e=this.people.get(this.person);e?.may_control?Kt(this,this.hass,this.texts,e.id):e?.presence_entity&&$(this,"hass-more-info",{entityId:e.presence_entity})}static{this.styles=[w,k,X,g`
      :host {
        display: block;
        min-width: 0;
        content-visibility: auto;
        contain-intrinsic-size: auto 6em;
        border-radius: var(--radius, 12px);
      }
      button {
        all: unset;
        box-sizing: border-box;
        width: 100%;
        height: 100%;
        min-height: 6em;
        display: grid;
        grid-template: "avatar name" auto "avatar now" auto "avatar why" auto / auto minmax(0, 1fr);
        align-content: center;
        column-gap: var(--ha-space-3, 12px);
        padding: var(--ha-space-3, 12px);
        cursor: pointer;
        --surface: color-mix(in srgb, var(--fill) var(--tint, 7%), var(--card-background-color, #fff));
        background: var(--surface);
        border: 1px solid color-mix(in srgb, var(--fill) 28%, var(--card-background-color, #fff));
        border-radius: inherit;
        color: var(--primary-text-color);
        font-size: 1em;
        line-height: 1.4;
        -webkit-tap-highlight-color: transparent;
        transition:
          background-color var(--ha-animation-duration-normal, 250ms),
          border-color var(--ha-animation-duration-normal, 250ms);
      }
      button:hover {
        --surface: color-mix(in srgb, var(--fill) calc(var(--tint, 7%) + 5%), var(--card-background-color, #fff));
      }
      button:focus-visible {
        outline: 3px solid var(--color);
        outline-offset: -3px;
      }
      .avatar {
        grid-area: avatar;
        align-self: center;
      }
      .name,
      .note,
      .time {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .name {
        grid-area: name;
        font-size: 1.14em;
        font-weight: var(--ha-font-weight-medium, 500);
      }
      .now {
        grid-area: now;
        display: flex;
        column-gap: 0.5em;
      }
      .word {
        flex: none;
        color: var(--color);
        font-weight: var(--ha-font-weight-medium, 500);
      }
      .time,
      .why {
        color: var(--secondary-text-color);
      }
      .why {
        grid-area: why;
        display: grid;
        font-size: 0.86em;
      }
      .reason {
        display: -webkit-box;
        overflow: hidden;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
      }
      .note {
        color: var(--primary-text-color);
        font-style: italic;
      }
      [data-pending] .word {
        animation: waiting 1.2s ease-in-out infinite;
      }
      @keyframes waiting {
        50% {
          opacity: 0.4;
        }
      }
      @media (prefers-reduced-motion: reduce) {
        button,
        [data-pending] .word {
          transition: none;
          animation: none;
        }
      }

      /* For the wall: a surface in the color of the presence; the text grows with it. */
      :host([size="large"]) {
        container-type: size;
        content-visibility: visible;
      }
      :host([size="large"]) button {
        --avatar: min(24cqw, 42cqh);
        min-height: 0;
        grid-template: "avatar name" auto "now now" auto "why why" auto / auto minmax(0, 1fr);
        column-gap: 4cqw;
        padding: 3cqh 5cqw;
        font-size: min(9.5cqw, 17cqh);
        line-height: 1.2;
        background: var(--fill);
        border-color: transparent;
        color: var(--on);
      }
      :host([size="large"]) :is(.word, .time, .why, .note) {
        color: inherit;
      }
      :host([size="large"]) .avatar {
        background: color-mix(in srgb, var(--on) 22%, var(--fill));
        color: var(--on);
        --surface: var(--fill);
      }
      :host([size="large"]) .name {
        font-size: 1em;
        font-weight: var(--ha-font-weight-bold, 700);
        align-self: center;
        display: -webkit-box;
        white-space: normal;
        overflow-wrap: anywhere;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
      }
      :host([size="large"]) .now {
        margin-block-start: 4cqh;
        font-size: 0.72em;
      }
      :host([size="large"]) .avatar > span {
        font-size: 0.9em;
      }
      :host([size="large"]) .why {
        margin-block-start: 2cqh;
        font-size: 0.64em;
      }
      :host([size="large"]) .note + .reason {
        display: none;
      }
      :host([size="large"]) [data-presence="offline"],
      :host([size="large"]) [data-presence="unknown"] {
        background: var(--card-background-color, #fff);
        border-color: var(--divider-color);
        color: var(--secondary-text-color);
      }

      /* On a phone a row. */
      @container (min-width: 340px) and (max-width: 480px) {
        :host([size="regular"]) button {
          --avatar: 2.6em;
          min-height: 4.2em;
          grid-template: "avatar name now" auto "avatar why why" auto / auto minmax(0, 1fr) auto;
          padding-block: var(--ha-space-2, 8px);
        }
        :host([size="regular"]) button:not(:has(.why)) {
          grid-template-areas: "avatar name now";
          grid-template-rows: auto;
          align-items: center;
        }
        :host([size="regular"]) .now {
          justify-content: end;
          align-self: center;
        }
        :host([size="regular"]) .note + .reason {
          display: none;
        }
      }
    `]}};customElements.define("presence-person",Ze);var et=(o,e)=>{let t=o.entities[e];return t?.platform===x&&t.translation_key==="presence"&&e.startsWith("sensor.")},Xe=class extends T{static getConfigForm(){return D({name:"entity",required:!0,selector:{entity:{filter:{integration:x,domain:"sensor",device_class:"enum"}}}},{name:"size",options:["regular","large"]})}static getStubConfig(e){return{entity:Object.keys(e.entities).find(t=>et(e,t))??""}}setConfig(e){if(typeof e.entity!="string")throw new Error("entity must be a presence sensor");super.setConfig(e)}getCardSize(){return 2}getGridOptions(){return{columns:6,rows:this.config?.size==="large"?3:"auto",min_columns:4}}follow(e){return[e.listen(S,()=>this.requestUpdate())]}draw({hass:e,people:t,texts:r,config:s}){let i=[...t.people.values()].find(({presence_entity:n})=>n===s.entity);return c`${L(e,t,r)}
    ${i?c`<presence-person
            ?data-stale=${t.problem!==void 0}
            .hass=${e}
            .people=${t}
            .person=${i.id}
            .texts=${r}
            .locale=${e.locale}
            .size=${s.size??"regular"}
          ></presence-person>`:Q(e,t,r)}`}static{this.styles=[z,w,_,U,g`
      :host {
        display: flex;
        flex-direction: column;
        height: 100%;
        container-type: inline-size;
      }
      presence-person {
        flex: 1;
      }
      presence-person[size="large"] {
        min-height: 140px;
      }
    `]}};customElements.define("presence-person-card",Xe);/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */var ke={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},Ce=o=>(...e)=>({_$litDirective$:o,values:e}),te=class{constructor(e){}get _$AU(){return this._$AM._$AU}_$AT(e,t,r){this._$Ct=e,this._$AM=t,this._$Ci=r}_$AS(e,t){return this.update(e,t)}update(e,t){return this.render(...t)}};/**
 * @license
 * Copyright 2020 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */var{I:jr}=Dt,Yt=o=>o;var Jt=()=>document.createComment(""),re=(o,e,t)=>{let r=o._$AA.parentNode,s=e===void 0?o._$AB:e._$AA;if(t===void 0){let i=r.insertBefore(Jt(),s),n=r.insertBefore(Jt(),s);t=new jr(i,n,o,o.options)}else{let i=t._$AB.nextSibling,n=t._$AM,l=n!==o;if(l){let a;t._$AQ?.(o),t._$AM=o,t._$AP!==void 0&&(a=o._$AU)!==n._$AU&&t._$AP(a)}if(i!==s||l){let a=t._$AA;for(;a!==i;){let u=Yt(a).nextSibling;Yt(r).insertBefore(a,s),a=u}}}return t},I=(o,e,t=o)=>(o._$AI(e,t),o),Fr={},Qt=(o,e=Fr)=>o._$AH=e,Zt=o=>o._$AH,Se=o=>{o._$AR(),o._$AA.remove()};/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */var Xt=(o,e,t)=>{let r=new Map;for(let s=e;s<=t;s++)r.set(o[s],s);return r},W=Ce(class extends te{constructor(o){if(super(o),o.type!==ke.CHILD)throw Error("repeat() can only be used in text expressions")}dt(o,e,t){let r;t===void 0?t=e:e!==void 0&&(r=e);let s=[],i=[],n=0;for(let l of o)s[n]=r?r(l,n):n,i[n]=t(l,n),n++;return{values:i,keys:s}}render(o,e,t){return this.dt(o,e,t).values}update(o,[e,t,r]){let s=Zt(o),{values:i,keys:n}=this.dt(e,t,r);if(!Array.isArray(s))return this.ut=n,i;let l=this.ut??=[],a=[],u,h,d=0,f=s.length-1,m=0,v=i.length-1;for(;d<=f&&m<=v;)if(s[d]===null)d++;else if(s[f]===null)f--;else if(l[d]===n[m])a[m]=I(s[d],i[m]),d++,m++;else if(l[f]===n[v])a[v]=I(s[f],i[v]),f--,v--;else if(l[d]===n[v])a[v]=I(s[d],i[v]),re(o,a[v+1],s[d]),d++,v--;else if(l[f]===n[m])a[m]=I(s[f],i[m]),re(o,s[d],s[f]),f--,m++;else if(u===void 0&&(u=Xt(n,m,v),h=Xt(l,d,f)),u.has(l[d]))if(u.has(l[f])){let E=h.get(n[m]),Re=E!==void 0?s[E]:null;if(Re===null){let vt=re(o,s[d]);I(vt,i[m]),a[m]=vt}else a[m]=I(Re,i[m]),re(o,s[d],Re),s[E]=null;m++}else Se(s[f]),f--;else Se(s[d]),d++;for(;m<=v;){let E=re(o,a[v+1]);I(E,i[m]),a[m++]=E}for(;d<=f;){let E=s[d++];E!==null&&Se(E)}return this.ut=n,Qt(o,a),C}});/**
 * @license
 * Copyright 2018 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */var er="important",Vr=" !"+er,tr=Ce(class extends te{constructor(o){if(super(o),o.type!==ke.ATTRIBUTE||o.name!=="style"||o.strings?.length>2)throw Error("The `styleMap` directive must be used in the `style` attribute and must be the only part in the attribute.")}render(o){return Object.keys(o).reduce((e,t)=>{let r=o[t];return r==null?e:e+`${t=t.includes("-")?t:t.replace(/(?:^(webkit|moz|ms|o)|)(?=[A-Z])/g,"-$&").toLowerCase()}:${r};`},"")}update(o,[e]){let{style:t}=o.element;if(this.ft===void 0)return this.ft=new Set(Object.keys(e)),this.render(e);for(let r of this.ft)e[r]==null&&(this.ft.delete(r),r.includes("-")?t.removeProperty(r):t[r]=null);for(let r in e){let s=e[r];if(s!=null){this.ft.add(r);let i=typeof s=="string"&&s.endsWith(Vr);r.includes("-")||i?t.setProperty(r,i?s.slice(0,-11):s,i?er:""):t[r]=s}}return C}});var tt={width:150,height:72},rr=(o,e,t,r)=>{let s={columns:1,height:t},i=0;for(let l=1;l<=o;l++){let a=Math.ceil(o/l),u=(e-r*(l-1))/l,h=(t-r*(a-1))/a,d=Math.min(u/1.9,h);d>i&&([s,i]=[{columns:l,height:h},d])}return s.height>=tt.height?s:{columns:Math.max(1,Math.floor((e+r)/(tt.width+r))),height:tt.height}};var sr=async o=>{let e=await o.callWS({type:"config/label_registry/list"}),t=new Intl.Collator(o.language);return e.sort((r,s)=>t.compare(r.name,s.name)),new Map(e.map(({label_id:r,name:s})=>[r,s]))};var or=6e4,rt=class extends y{static{this.properties={locale:{attribute:!1}}}connectedCallback(){super.connectedCallback(),this.requestUpdate()}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.tick)}render(){let e=new Date;return clearTimeout(this.tick),this.tick=setTimeout(()=>this.requestUpdate(),or-e.getTime()%or),c`<time datetime=${e.toISOString()}>${O(this.hass,e)}</time>
      <span>${Bt(this.hass,e)}</span>`}static{this.styles=g`
    :host {
      display: grid;
      flex: none;
      justify-items: end;
      white-space: nowrap;
      line-height: 1.1;
    }
    time {
      font-size: 2em;
      font-weight: var(--ha-font-weight-medium, 500);
      font-variant-numeric: tabular-nums;
    }
    span {
      color: var(--secondary-text-color);
      font-size: 0.8em;
    }
  `}};customElements.define("presence-clock",rt);var Pe=(o,e=[])=>o.some(t=>e.includes(t)),ir=o=>o?H.indexOf(o):H.length,Ae=(o,e,t)=>{let{areas:r,labels:s,groups:i,entities:n,hide_offline:l,order:a}=e,u=[r,s,i,n].some(d=>d?.length),h=new Intl.Collator(t,{numeric:!0,sensitivity:"base"});return[...o].filter(d=>!u||Pe([d.area_id??""],r)||Pe(d.labels,s)||Pe(d.groups,i)||Pe([d.presence_entity??""],n)).filter(({presence:d})=>!l||d!=="offline").sort((d,f)=>(a==="presence"?ir(d.presence)-ir(f.presence):0)||h.compare(d.name,f.name))},nr=(o,e,t)=>{if(e==="none")return o.length?[{id:"",people:o.map(({id:n})=>n)}]:[];let r=n=>e==="area"?n.area_id?[n.area_id]:[]:e==="label"?n.labels:n.groups,s=new Map(t.map(n=>[n,[]])),i=[];for(let n of o){let l=r(n).filter(a=>s.has(a));l.length||i.push(n.id);for(let a of l)s.get(a)?.push(n.id)}return s.set("",i),[...s].filter(([,n])=>n.length).map(([n,l])=>({id:n,people:l}))},Te=(o,e)=>{let t=new Intl.Collator(e,{numeric:!0,sensitivity:"base"});return[...o].sort((r,s)=>t.compare(r.name,s.name))},ar=o=>[...H,null].map(e=>[e,o.filter(t=>t===e).length]).filter(([,e])=>e>0);var lr=o=>c`<svg
  class="sign"
  viewBox="0 0 24 24"
  aria-hidden="true"
  data-presence=${o??"unknown"}
>
  ${N(o)}
</svg>`,st=class extends y{static{this.properties={ids:{attribute:!1},texts:{attribute:!1},heading:{},level:{type:Number},wide:{type:Boolean,reflect:!0}}}connectedCallback(){super.connectedCallback(),this.stop=this.people.listen(G,()=>this.requestUpdate())}disconnectedCallback(){super.disconnectedCallback(),this.stop?.()}render(){let{texts:e}=this,t=ar(this.ids.map(i=>this.people.get(i)?.presence??null)),r=t[0]?.[0]==="available"?t[0][1]:0,s=e.get("count",{available:r,total:this.ids.length});return c`
      <div role="heading" aria-level=${this.level}>
        ${this.heading?c`${lr(t[0]?.[0]??null)}<bdi>${this.heading}</bdi> <small>${s}</small>`:s}
      </div>
      ${this.heading?p:c`<ul>
              ${t.map(([i,n])=>c`<li>
                  ${lr(i)}
                  <b>${n}</b> ${e.presence(i)}
                </li>`)}
            </ul>`}
    `}static{this.styles=[w,k,g`
      :host {
        display: block;
        min-width: 0;
        line-height: 1.3;
      }
      :host([wide]) {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        column-gap: 1.2em;
      }
      :host([wide]) [role="heading"] {
        font-size: 2em;
      }
      :host([wide]) ul {
        margin: 0;
      }
      [role="heading"] svg {
        width: 0.8em;
        height: 0.8em;
        margin-inline-end: 0.4em;
      }
      [role="heading"] {
        font-size: 1.4em;
        font-weight: var(--ha-font-weight-medium, 500);
        line-height: 1.25;
        overflow-wrap: anywhere;
      }
      small {
        margin-inline-start: 0.4em;
        color: var(--secondary-text-color);
        font-size: 0.72em;
        font-weight: var(--ha-font-weight-normal, 400);
      }
      ul {
        display: flex;
        flex-wrap: wrap;
        gap: 0.2em 1em;
        margin: 0.3em 0 0;
        padding: 0;
        list-style: none;
        color: var(--secondary-text-color);
        font-size: 0.9em;
      }
      li {
        display: flex;
        align-items: center;
        gap: 0.4em;
      }
      b {
        color: var(--primary-text-color);
        font-weight: var(--ha-font-weight-medium, 500);
        font-variant-numeric: tabular-nums;
      }
      svg {
        width: 1.2em;
        height: 1.2em;
        border-radius: 50%;
        background: var(--fill);
        color: var(--on);
      }
    `]}};customElements.define("presence-summary",st);var Gr=8,ot=class extends T{constructor(){super(...arguments);this.connectedWhileHidden=!0;this.drawn="";this.isKiosk=!1;this.resized=new ResizeObserver(([t])=>{let{width:r,height:s}=t.contentRect;this.wall={width:r,height:s}})}static{this.properties={wall:{state:!0},labels:{state:!0}}}static getConfigForm(){return D({name:"title",selector:{text:{}}},{name:"areas",selector:{area:{multiple:!0}}},{name:"labels",selector:{label:{multiple:!0}}},{name:"group_by",options:["none","area","label","group"]},{name:"order",options:["name","presence"]},{name:"size",options:["regular","large"]},{name:"hide_offline",selector:{boolean:{}}},{name:"summary",selector:{boolean:{}},default:!0},{name:"clock",selector:{boolean:{}}})}static getStubConfig(){return{group_by:"none"}}setConfig(t){for(let r of["areas","labels","groups","entities"])if(t[r]!==void 0&&!Array.isArray(t[r]))throw new Error(`${r} must be a list`);super.setConfig(t)}getGridOptions(){return{columns:"full",rows:"auto",min_columns:6}}disconnectedCallback(){super.disconnectedCallback(),this.resized.disconnect(),this.showAsKiosk(!1)}follow(t){return[t.listen(S,()=>this.requestUpdate()),t.listen(G,()=>this.rearrange())]}willUpdate(t){t.has("config")&&this.config?.group_by==="label"&&this.hass&&sr(this.hass).then(r=>this.labels=r),this.toggleAttribute("large",this.config?.size==="large")}draw(t){let{hass:r,people:s,texts:i}=t,n=this.sections();this.drawn=JSON.stringify(n);let l=[...new Set(n.flatMap(u=>u.people))],a=s.problem!==void 0;return c`
      ${L(r,s,i)}
      ${l.length?this.header(l,a,t):p}
      <div class="sections" ?data-stale=${a}>
        ${l.length?W(n,({id:u})=>u,u=>this.section(u,n.length===1,t)):Q(r,s,i)}
      </div>
    `}updated(){let{config:t,people:r}=this;this.hide(!!(t?.others===!1&&r?.loaded&&this.drawn==="[]"&&!this.preview)),this.showAsKiosk(!!(t?.kiosk&&this.isPanel&&!this.preview));let s=this.config?.size==="large"&&this.renderRoot.querySelector(".sections");s?this.resized.observe(s):this.resized.disconnect()}rearrange(){!this.config?.hide_offline&&this.config?.order!=="presence"||this.drawn!==JSON.stringify(this.sections())&&this.requestUpdate()}showAsKiosk(t){this.isKiosk!==t&&(this.isKiosk=t,$(window,"hass-kiosk-mode",{enable:t}))}hide(t){this.hidden!==t&&(this.hidden=t,$(this,"card-visibility-changed",{value:!t}))}header(t,r,{hass:s,people:i,texts:n,config:l}){let{title:a,clock:u,size:h,summary:d=!0}=l;return!a&&!u&&!d?p:c`<header ?data-stale=${r}>
      <div>
        ${a?c`<h2><bdi>${a}</bdi></h2>`:p}
        ${d?c`<presence-summary
                .people=${i}
                .texts=${n}
                .ids=${t}
                .level=${a?3:2}
                ?wide=${h==="large"}
              ></presence-summary>`:p}
      </div>
      ${u?c`<presence-clock .hass=${s} .locale=${s.locale}></presence-clock>`:p}
    </header>`}section({id:t,people:r},s,{hass:i,people:n,texts:l,config:a}){let u=a.group_by&&a.group_by!=="none"&&!(s&&!t),h=a.size??"regular";return c`<section>
      ${u?c`<presence-summary
              .people=${n}
              .texts=${l}
              .ids=${r}
              .heading=${this.titleOf(t)}
              .level=${3}
            ></presence-summary>`:p}
      <div class="grid" role="list" style=${tr(s&&h==="large"?this.fill(r.length):{})}>
        ${W(r,d=>d,d=>c`<presence-person
            role="listitem"
            .hass=${i}
            .people=${n}
            .person=${d}
            .texts=${l}
            .locale=${i.locale}
            .size=${h}
          ></presence-person>`)}
      </div>
    </section>`}sections(){let{hass:t,people:r,config:s}=this;if(!t||!r||!s)return[];let i=Ae(r.people.values(),s,t.language),n=s.group_by??"none",l=nr(i,n,this.orderOf(n,t,r,s));return s.others===!1?l.filter(({id:a})=>a):l}orderOf(t,r,s,i){let n=(a,u)=>u?.length?a.filter(h=>u.includes(h)):a;if(t==="area")return n(Object.keys(r.areas),i.areas);if(t==="label")return n([...this.labels?.keys()??[]],i.labels);if(t==="none")return[];let l=Te(s.groups,r.language);return n(l.map(({id:a})=>a),i.groups)}titleOf(t){let r={none:()=>{},area:()=>this.hass?.areas[t]?.name,label:()=>this.labels?.get(t),group:()=>this.people?.groups.find(i=>i.id===t)?.name},s=this.config?.group_by??"none";return r[s]()??this.texts.get(`without.${s}`)}fill(t){if(!this.wall)return{};let{columns:r,height:s}=rr(t,this.wall.width,this.wall.height,Gr);return{"grid-template-columns":`repeat(${r}, 1fr)`,"grid-auto-rows":`${s}px`}}static{this.styles=[z,w,_,U,g`
      header {
        display: flex;
        justify-content: space-between;
        align-items: start;
        gap: var(--ha-space-4, 16px);
        line-height: 1.25;
        margin: 0 var(--ha-space-1, 4px) var(--ha-space-4, 16px);
      }
      .sections {
        container-type: inline-size;
        display: grid;
        gap: var(--ha-space-5, 20px);
      }
      section > presence-summary {
        margin: 0 var(--ha-space-1, 4px) var(--ha-space-2, 8px);
      }
      .grid {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 19em), 1fr));
        gap: 8px;
      }
      :host([large]) {
        display: flex;
        flex-direction: column;
        min-height: 420px;
        font-size: clamp(14px, 1.5vmax, 48px);
      }
      :host([large][hidden]) {
        display: none;
      }
      :host([large][panel]) {
        max-width: none;
        height: calc(100dvh - var(--header-height, 56px) - var(--safe-area-inset-top, 0px));
        padding: clamp(8px, 1vmax, 32px);
      }
      :host([large]) header {
        margin-block-end: clamp(8px, 1vmax, 24px);
      }
      :host([large]) .sections {
        flex: 1;
        min-height: 0;
        align-content: start;
        overflow-y: auto;
      }
      :host([large]) .grid {
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 220px), 1fr));
        grid-auto-rows: 112px;
      }
    `]}};customElements.define("presence-people-card",ot);var Wr=5e3,it="all",ce=class o{constructor(e){this.rules=new Map;this.loaded=!1;this.topics=new J;this.subscription=new Y(e,t=>this.receive(t),t=>this.fail(t))}static{this.byConnection=new WeakMap}static of(e){let t=this.byConnection.get(e);return t||this.byConnection.set(e,t=new o(e)),t}listen(e,t){clearTimeout(this.leaving);let r=this.topics.listen(it,t);return this.subscription.start({type:`${x}/rules/subscribe`,language:e}),()=>{r(),this.leaving=setTimeout(()=>this.topics.isEmpty&&this.subscription.stop(),Wr)}}get inOrder(){return[...this.rules.values()].sort((e,t)=>t.priority-e.priority||e.order-t.order)}receive(e){if("rules"in e){if(e.protocol!==1){this.fail("restart_needed");return}this.rules.clear();for(let t of e.rules)this.rules.set(t.id,t);this.loaded=!0,this.problem=void 0}else{for(let t of e.changed??[])this.rules.set(t.id,t);for(let t of e.removed??[])this.rules.delete(t)}this.topics.tell(it)}fail(e){this.problem=e,this.topics.tell(it)}};var Kr={true:"M5 12.5l4.5 4.5L19 7",false:"M7 7l10 10M17 7L7 17",unknown:"M9 9.5a3 3 0 1 1 4.2 2.7c-.8.4-1.2.9-1.2 1.8m0 3h.01"},nt=class extends T{static{this.properties={switched:{state:!0}}}constructor(){super(),this.switched=new Map}static getConfigForm(){return D({name:"title",selector:{text:{}}},{name:"conditions",selector:{boolean:{}},default:!0})}static getStubConfig(){return{conditions:!0}}getGridOptions(){return{columns:12,rows:"auto",min_columns:6}}follow(e){let{hass:t}=this;return t?[e.listen(S,()=>this.requestUpdate()),ce.of(t.connection).listen(t.language,()=>this.requestUpdate())]:[]}draw(e){let{hass:t,people:r,texts:s,config:i}=e,n=ce.of(t.connection),l=r.problem??n.problem;return c`
      ${L(t,r,s,l)}
      ${i.title?c`<h2 dir="auto">${i.title}</h2>`:p}
      ${n.loaded&&!n.rules.size?c`<div class="nobody"><p>${s.get("no_rules")}</p></div>`:c`<ul class="rules" ?data-stale=${l!==void 0}>
              ${W(n.inOrder,({id:a})=>a,a=>this.rule(a,e))}
            </ul>`}
    `}rule(e,t){let{hass:r,texts:s,config:i}=t,n=e.wins_for.length>0,l=e.presence==="own"?null:e.presence;return c`<li data-presence=${e.presence??"unknown"} class=${n?"rule wins":"rule"}>
      <div class="head">
        <svg class="sign" viewBox="0 0 24 24" aria-hidden="true">${N(l)}</svg>
        <h3><bdi>${e.name}</bdi></h3>
        <p class="what">
          <span class="word">${this.wanted(e,t)}</span>
          <span class="state">${s.get(`rule_state.${e.status}`)}</span>
          ${e.until?c`<span>${s.get("until",{when:A(r,e.until)})}</span>`:p}
        </p>
        ${e.edit_url&&r.user?.is_admin?this.link(e.edit_url,e,t):p}
        ${e.switch_entity?this.switch(e,t):p}
      </div>
      <p class="people">
        ${n?c`<span class="label">${s.get("wins_for")}</span> ${this.names(e.wins_for,t)}`:c`<span class="label">${s.get("concerns")}</span> ${this.names(e.people,t)}`}
      </p>
      ${i.conditions===!1?p:e.evaluations.map(a=>this.evaluation(a,t))}
    </li>`}wanted({presence:e},{texts:t}){return e===null?t.get("depends"):e==="own"?t.get("own"):t.presence(e)}names(e,{hass:t,people:r,texts:s}){let i=e.map(n=>r.people.get(n)?.name).filter(n=>!!n);return i.length?c`<bdi>${new Intl.ListFormat(t.language,{type:"unit"}).format(i)}</bdi>`:c`${s.get("nobody_now")}`}evaluation({person:e,conditions:t},{people:r}){let s=e&&r.people.get(e)?.name;return c`${s?c`<h4><bdi>${s}</bdi></h4>`:p}${this.conditions(t)}`}conditions(e){return e.length?c`<ul class="conditions">
      ${e.map(({text:t,value:r,conditions:s})=>c`<li data-truth=${r}>
          <svg class="sign" viewBox="0 0 24 24" role="img" aria-label=${this.texts?.get(`truth.${r}`)??""}>
            <path d=${Kr[r]} stroke-width="3" />
          </svg>
          <span><bdi>${t}</bdi></span>
          ${this.conditions(s)}
        </li>`)}
    </ul>`:p}link(e,{name:t},{texts:r}){return c`<a
      href=${e}
      aria-label=${r.get("edit_rule",{rule:t})}
      title=${r.get("edit_rule",{rule:t})}
      @click=${s=>{s.preventDefault(),we(e)}}
      ><svg class="sign" viewBox="0 0 24 24" aria-hidden="true">
        <path d="M4 20l1-4L16 5l3 3L8 19zM13.5 7.5l3 3" stroke-width="1.8" /></svg
    ></a>`}switch(e,{hass:t,texts:r}){let s=this.switched.get(e.id)??e.on;return c`<button
      role="switch"
      aria-checked=${s}
      aria-label=${r.get("enable_rule",{rule:e.name})}
      ?disabled=${!e.may_control}
      @click=${()=>this.turn(t,e,!s)}
    ></button>`}async turn(e,{id:t,switch_entity:r},s){this.switched=new Map(this.switched).set(t,s);try{await e.callService("switch",s?"turn_on":"turn_off",{},{entity_id:r},!1)}catch(i){$(this,"hass-notification",{message:await ee(e,i)})}finally{let i=new Map(this.switched);i.delete(t),this.switched=i}}static{this.styles=[z,w,_,k,U,g`
      h3,
      h4,
      p,
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      .rules {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 25em), 1fr));
        gap: var(--ha-space-2, 8px);
      }
      .rule {
        display: flex;
        flex-direction: column;
        gap: var(--ha-space-2, 8px);
        padding: var(--ha-space-4, 16px);
        border: 1px solid var(--divider-color);
        border-radius: var(--radius);
        background: var(--card-background-color, #fff);
      }
      .wins {
        border-color: color-mix(in srgb, var(--fill) 45%, var(--card-background-color, #fff));
        background: color-mix(in srgb, var(--fill) 7%, var(--card-background-color, #fff));
      }
      .head {
        display: grid;
        grid-template: "sign name link switch" auto "sign what link switch" auto / auto minmax(0, 1fr) auto auto;
        column-gap: var(--ha-space-3, 12px);
        align-items: center;
        line-height: 1.3;
      }
      .head > svg {
        grid-area: sign;
        width: 40px;
        height: 40px;
        border-radius: 50%;
        background: color-mix(in srgb, var(--color) 15%, var(--card-background-color, #fff));
        color: var(--color);
      }
      .wins .head > svg {
        background: var(--fill);
        color: var(--on);
      }
      h3 {
        grid-area: name;
        font-size: 1.14em;
        font-weight: var(--ha-font-weight-medium, 500);
        text-align: start;
        overflow-wrap: anywhere;
      }
      .what {
        grid-area: what;
        display: flex;
        flex-wrap: wrap;
        column-gap: 0.6em;
        color: var(--secondary-text-color);
      }
      .word {
        color: var(--color);
        font-weight: var(--ha-font-weight-medium, 500);
      }
      .label,
      .conditions {
        color: var(--secondary-text-color);
      }
      h4 {
        font-weight: var(--ha-font-weight-medium, 500);
        text-align: start;
      }
      .conditions {
        display: grid;
        gap: 2px;
      }
      .conditions .conditions {
        grid-column: 2;
      }
      .conditions li {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        column-gap: var(--ha-space-2, 8px);
        text-align: start;
        overflow-wrap: anywhere;
      }
      .conditions svg {
        width: 16px;
        height: 16px;
        margin-block-start: 2px;
        color: var(--secondary-text-color);
      }
      [data-truth="true"] > svg {
        color: var(--available-color);
      }
      [data-truth="true"] > span {
        color: var(--primary-text-color);
      }
      [data-truth="unknown"] > svg {
        color: var(--away-color);
      }
      a {
        grid-area: link;
        display: grid;
        padding: 8px;
        border-radius: 50%;
        color: var(--secondary-text-color);
      }
      a:hover {
        background: var(--secondary-background-color);
      }
      a svg {
        width: 20px;
        height: 20px;
      }
      [role="switch"] {
        all: unset;
        grid-area: switch;
        position: relative;
        box-sizing: border-box;
        width: 48px;
        height: 28px;
        border-radius: 14px;
        border: 2px solid var(--secondary-text-color);
        cursor: pointer;
        transition: background-color var(--ha-animation-duration-fast, 150ms);
      }
      [role="switch"]::after {
        content: "";
        position: absolute;
        inset-block: 4px;
        inset-inline-start: 4px;
        width: 16px;
        border-radius: 50%;
        background: var(--secondary-text-color);
        transition: inset-inline-start var(--ha-animation-duration-fast, 150ms);
      }
      [role="switch"][aria-checked="true"] {
        border-color: var(--available-fill);
        background: var(--available-fill);
      }
      [role="switch"][aria-checked="true"]::after {
        inset-inline-start: 24px;
        background: var(--available-on);
      }
      [role="switch"][disabled] {
        opacity: 0.5;
        cursor: default;
      }
      :is(a, [role="switch"]):focus-visible {
        outline: 3px solid var(--primary-color);
        outline-offset: 1px;
      }
    `]}};customElements.define("presence-rules-card",nt);var dr=(o,e,t,r)=>{let s=(e-o)/36e5,i=Math.max(0,Math.min(t,Math.floor(s))),n=Math.min(24,Math.max(r,Math.ceil(s+1),i+1));return{start:o+i*36e5,end:o+n*36e5}},pr=(o,e,t,r,s)=>{let i=o.filter(({at:u})=>u<=t),n=i.at(-1)?.presence??null,l=[...cr(i,t).map(u=>({...u,expected:!1})),...cr([{at:t,presence:n},...e.filter(({at:u})=>u>t)],s).map(u=>({...u,expected:!0}))],a=[];for(let{from:u,to:h,presence:d,expected:f}of l){let m={from:Math.max(u,r),to:Math.min(h,s),presence:d,expected:f};if(m.to<=m.from)continue;let v=a.at(-1);v&&v.presence===d&&v.expected===f&&v.to===m.from?v.to=m.to:a.push(m)}return a},cr=(o,e)=>o.map(({at:t,presence:r},s)=>({from:t,to:o[s+1]?.at??e,presence:r})),ur=(o,e,t)=>{let r=Math.round((e-o)/36e5),s=[1,2,3,4,6,12].find(i=>r/i<=t)??24;return Array.from({length:Math.floor(r/s)+1},(i,n)=>o+n*s*36e5)};var Yr=36e5,Jr=2e3,at=class extends y{constructor(){super();this.since=[];this.seen=new IntersectionObserver(([t])=>{t?.isIntersecting&&(this.seen.disconnect(),this.askForecast())});this.future=[],this.open=!1}static{this.properties={person:{attribute:!1},past:{attribute:!1},texts:{attribute:!1},now:{attribute:!1},start:{attribute:!1},end:{attribute:!1},future:{state:!0},decisions:{state:!0},open:{state:!0}}}connectedCallback(){super.connectedCallback(),this.stop=this.people.listen(this.person,()=>this.changed()),this.seen.observe(this)}disconnectedCallback(){super.disconnectedCallback(),this.stop?.(),this.seen.disconnect(),clearTimeout(this.asking)}willUpdate(t){t.has("past")&&(this.since=[])}render(){let t=this.people.get(this.person);if(!t)return p;let r=pr(this.pointsOf(t),this.future,this.now,this.start,this.end);return c`<div class="row" data-presence=${t.presence??"unknown"}>
        <button aria-expanded=${this.open} aria-controls="decisions" ?disabled=${!t.controlled} @click=${this.toggle}>
          ${Z(this.hass,t)}
          <span class="name"><bdi>${t.name}</bdi></span>
          <span class="word">${this.texts.presence(t.presence)}</span>
        </button>
        <div class="strip" role="img" aria-label=${this.spoken(r)}>
          ${r.map(s=>this.segment(s))}
          <span class="now" style="inset-inline-start:${this.place(this.now)}%"></span>
        </div>
      </div>
      <ol id="decisions" ?hidden=${!this.open}>
        ${this.open?this.list():p}
      </ol>`}segment({from:t,to:r,presence:s,expected:i}){let n=this.place(r)-this.place(t),l=this.texts.presence(s),a=`${O(this.hass,new Date(t))} – ${O(this.hass,new Date(r))}`;return c`<span
      class=${i?"segment expected":"segment"}
      data-presence=${s??"unknown"}
      title="${l}, ${a}"
      style="inset-inline-start:${this.place(t)}%;width:${n}%"
      >${n>12&&s!=="offline"?c`<span>${l}</span>`:p}</span
    >`}list(){return this.decisions?.length?this.decisions.map(({at:t,wanted:r,reason:s,cause:i})=>c`<li data-presence=${r??"unknown"}>
        <time datetime=${t}>${A(this.hass,t)}</time>
        <span><b dir="auto">${s}</b>${i?c`<span class="cause" dir="auto">${i}</span>`:p}</span>
      </li>`):c`<li><span>${this.texts.get(this.decisions?"no_decisions":"loading")}</span></li>`}place(t){return Math.round((t-this.start)/(this.end-this.start)*1e4)/100}spoken(t){let r=i=>O(this.hass,new Date(i)),s=i=>t.filter(n=>n.expected===i).map(({presence:n,from:l,to:a})=>`${this.texts.presence(n)} ${r(l)} – ${r(a)}`).join(", ");return this.texts.get("day_spoken",{past:s(!1),future:s(!0)})}pointsOf({presence:t,since:r}){let s=[...this.past,...this.since];if(s.at(-1)?.presence===t)return s;let i=Math.max(r?Date.parse(r):this.now,s.at(-1)?.at??0);return[...s,{at:Math.min(i,this.now),presence:t}]}changed(){let t=this.people.get(this.person);t&&!t.pending&&(this.now=Math.max(this.now,Date.now()),this.since=this.pointsOf(t).slice(this.past.length)),this.requestUpdate(),clearTimeout(this.asking),this.asking=setTimeout(()=>{this.askForecast(),this.open&&this.askDecisions()},Jr)}toggle(){this.open=!this.open,this.open&&this.askDecisions()}async ask(t,r={}){let s=this.people.get(this.person);if(!s?.controlled)return;let{entry_id:i,subentry_id:n}=s,l=await this.hass.callWS({type:`${x}/${t}`,person:{entry_id:i,subentry_id:n},language:this.hass.language,...r}).catch(()=>{});return l&&Object.values(l.people)[0]}async askForecast(){let t=Math.max(1,Math.ceil((this.end-Date.now())/Yr)),r=await this.ask("forecast",{hours:t});this.future=(r?.changes??[]).map(({at:s,shown:i})=>({at:Date.parse(s),presence:i}))}async askDecisions(){let t=await this.ask("decisions");this.decisions=t?.decisions??[]}static{this.styles=[w,k,X,g`
      :host {
        display: block;
        --avatar: 2.6em;
      }
      .row {
        display: grid;
        grid-template-columns: var(--names, 15em) minmax(0, 1fr);
        align-items: center;
        gap: var(--ha-space-2, 8px);
      }
      button {
        all: unset;
        box-sizing: border-box;
        display: grid;
        grid-template: "avatar name" auto "avatar word" auto / auto minmax(0, 1fr);
        column-gap: var(--ha-space-3, 12px);
        align-items: center;
        padding: var(--ha-space-1, 4px);
        border-radius: var(--ha-border-radius-md, 8px);
        line-height: 1.3;
        cursor: pointer;
      }
      button[disabled] {
        cursor: default;
      }
      button:focus-visible {
        outline: 3px solid var(--primary-color);
      }
      .avatar {
        grid-area: avatar;
      }
      .name {
        grid-area: name;
        font-weight: var(--ha-font-weight-medium, 500);
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        text-align: start;
      }
      .word {
        grid-area: word;
        color: var(--color);
        font-size: 0.9em;
      }
      .strip {
        position: relative;
        height: 2.3em;
        border-radius: var(--ha-border-radius-md, 8px);
        overflow: hidden;
        background: color-mix(in srgb, var(--primary-text-color) 6%, transparent);
      }
      .segment {
        position: absolute;
        inset-block: 0;
        display: grid;
        align-items: center;
        background: var(--fill);
        color: var(--on);
        box-shadow: inset 0 0 0 0.5px var(--card-background-color, #fff);
      }
      .segment > span {
        padding-inline: 8px;
        font-size: 0.86em;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .segment[data-presence="offline"]:not(.expected) {
        background: color-mix(in srgb, var(--fill) 45%, transparent);
      }
      .segment[data-presence="unknown"] {
        background: transparent;
      }
      .segment.expected {
        background: repeating-linear-gradient(
          -45deg,
          color-mix(in srgb, var(--fill) 30%, transparent) 0 4px,
          color-mix(in srgb, var(--fill) 14%, transparent) 4px 8px
        );
        color: var(--primary-text-color);
      }
      .segment[data-presence="unknown"].expected {
        background: transparent;
      }
      .segment.expected > span {
        justify-self: start;
        padding: 1px 6px;
        margin-inline-start: 4px;
        border-radius: 6px;
        background: var(--card-background-color, #fff);
      }
      .now {
        position: absolute;
        inset-block: 0;
        width: 2px;
        margin-inline-start: -1px;
        background: var(--primary-text-color);
      }
      ol {
        margin: var(--ha-space-1, 4px) 0 var(--ha-space-3, 12px);
        padding: 0;
        padding-inline-start: calc(var(--names, 15em) + var(--ha-space-2, 8px));
        list-style: none;
        display: grid;
        gap: var(--ha-space-1, 4px);
      }
      ol[hidden] {
        display: none;
      }
      li {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: var(--ha-space-3, 12px);
        padding-inline-start: var(--ha-space-3, 12px);
        border-inline-start: 3px solid var(--fill, var(--divider-color));
        font-size: 0.93em;
        overflow-wrap: anywhere;
      }
      li time,
      .cause {
        color: var(--secondary-text-color);
        font-variant-numeric: tabular-nums;
      }
      li b {
        display: block;
        font-weight: var(--ha-font-weight-normal, 400);
        text-align: start;
      }
      @container (max-width: 560px) {
        .row {
          grid-template-columns: minmax(0, 1fr);
          gap: 0;
        }
        ol {
          padding-inline-start: 0;
        }
        .segment > span {
          display: none;
        }
      }
    `]}};customElements.define("presence-day",at);var Qr=6e4,lt=7,ct=19,Zr=6,Xr=o=>H.find(e=>e===o)??null,dt=class extends T{constructor(){super();this.asked="";this.now=Date.now(),this.history=new Map}static{this.properties={now:{state:!0},history:{state:!0}}}static getConfigForm(){let t=r=>({number:{min:0,max:r,mode:"slider"}});return D({name:"title",selector:{text:{}}},{name:"areas",selector:{area:{multiple:!0}}},{name:"labels",selector:{label:{multiple:!0}}},{name:"order",options:["name","presence"]},{name:"start_hour",selector:t(23),default:lt},{name:"end_hour",selector:t(24),default:ct})}static getStubConfig(){return{start_hour:lt,end_hour:ct}}getGridOptions(){return{columns:"full",rows:"auto",min_columns:6}}connectedCallback(){super.connectedCallback(),this.tick=setInterval(()=>this.now=Date.now(),Qr)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.tick),this.asked=""}follow(t){return[t.listen(S,()=>this.requestUpdate())]}draw({hass:t,people:r,texts:s,config:i}){let n=Ae(r.people.values(),i,t.language),{start:l,end:a}=this.hours(t,i);r.problem||this.askHistory(t,n,l);let u=ur(l,a,Zr);return c`
      ${L(t,r,s)}
      ${n.length?c`<div class="card" ?data-stale=${r.problem!==void 0}>
              ${i.title?c`<h2 dir="auto">${i.title}</h2>`:p}
              <div class="axis" aria-hidden="true">
                ${u.map(h=>c`<span
                    class=${h===a?"end":""}
                    style="inset-inline-start:${(h-l)/(a-l)*100}%"
                    >${O(t,new Date(h))}</span
                  >`)}
              </div>
              ${W(n,({id:h})=>h,({id:h,presence_entity:d})=>c`<presence-day
                  .hass=${t}
                  .people=${r}
                  .person=${h}
                  .texts=${s}
                  .past=${this.history.get(d??"")??es}
                  .now=${Math.max(this.now,l)}
                  .start=${l}
                  .end=${a}
                ></presence-day>`)}
            </div>`:Q(t,r,s)}
    `}hours(t,{start_hour:r=lt,end_hour:s=ct}){let i=qt(t,new Date(this.now)).getTime();return dr(i,this.now,r,s)}async askHistory(t,r,s){let i=r.map(({presence_entity:a})=>a).filter(Boolean),n=JSON.stringify([i,s]);if(n===this.asked||!i.length)return;this.asked=n;let l=await t.callWS({type:"history/history_during_period",start_time:new Date(s).toISOString(),entity_ids:i,minimal_response:!0,no_attributes:!0,significant_changes_only:!1}).catch(()=>({}));this.history=new Map(Object.entries(l).map(([a,u])=>[a,u.map(({s:h,lu:d})=>({at:d*1e3,presence:Xr(h)}))]))}static{this.styles=[z,w,_,U,g`
      :host {
        --names: 15em;
      }
      .card {
        container-type: inline-size;
        display: grid;
        gap: var(--ha-space-2, 8px);
        padding: var(--ha-space-4, 16px);
        border: 1px solid var(--divider-color);
        border-radius: var(--radius);
        background: var(--card-background-color, #fff);
      }
      .axis {
        position: relative;
        height: 1.4em;
        margin-inline-start: calc(var(--names) / 0.86 + var(--ha-space-2, 8px));
        color: var(--secondary-text-color);
        font-size: 0.86em;
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
      .axis span {
        position: absolute;
        translate: -50%;
      }
      .axis span:first-child {
        translate: 0;
      }
      .axis .end {
        translate: -100%;
      }
      @container (max-width: 560px) {
        .axis {
          margin-inline-start: 0;
        }
        .axis span:nth-child(even) {
          display: none;
        }
      }
    `]}},es=[];customElements.define("presence-timeline-card",dt);var hr=(o,{entity_id:e})=>{let t=e?o.entities[e]:void 0;return t?.platform===x&&t.translation_key==="presence"},pt=class extends y{static{this.properties={context:{attribute:!1},texts:{attribute:!1},dark:{type:Boolean,reflect:!0}}}static getStubConfig(){return{type:"custom:presence-quick-set"}}setConfig(){}get hass(){return this.current}set hass(e){let t=this.current;this.current=e,e&&(this.dark=e.themes.darkMode,t?.language!==e.language&&(b.of(e.connection).speak(e.language),P(e).then(r=>this.texts=r),this.isConnected&&this.follow()))}connectedCallback(){super.connectedCallback(),this.follow()}disconnectedCallback(){super.disconnectedCallback(),this.stop?.(),this.stop=void 0}render(){let{texts:e,person:t}=this;return!e||!t?.may_control?p:c`<presence-choice
      compact
      .texts=${e}
      .value=${t.presence}
      .label=${e.get("choices.presence")}
      @chosen=${r=>this.choose(r.detail.presence)}
    ></presence-choice>`}get person(){let{hass:e,context:t}=this,r=t?.entity_id;if(!e||!r)return;let s=b.of(e.connection),i=[...s.people.values()].find(({presence_entity:n,set_presence_entity:l})=>n===r||l===r);return i&&s.get(i.id)}follow(){this.current&&(this.stop??=b.of(this.current.connection).listen("any",()=>this.requestUpdate()))}async choose(e){let{hass:t,person:r}=this;if(!(!t||!r))try{await _e(t,r,{presence:e})}catch(s){$(this,"hass-notification",{message:await ee(t,s)})}}static{this.styles=[_,g`
      :host {
        display: block;
      }
    `]}};customElements.define("presence-quick-set",pt);var ut=class extends y{static{this.properties={hass:{attribute:!1},config:{state:!0},texts:{state:!0}}}setConfig(e){this.config=e}disconnectedCallback(){super.disconnectedCallback(),this.stop?.(),this.stop=void 0}willUpdate(){let{hass:e}=this;e&&(this.texts?.language!==e.language&&P(e).then(t=>this.texts=t),b.of(e.connection).speak(e.language),this.stop??=b.of(e.connection).listen(S,()=>this.requestUpdate()))}render(){let{hass:e,config:t,texts:r}=this;if(!e||!t||!r)return p;let i=Te(b.of(e.connection).groups,e.language).map(({id:l,name:a})=>({value:l,label:a})),n=We({name:"areas",selector:{area:{multiple:!0}}},{name:"labels",selector:{label:{multiple:!0}}},...i.length?[{name:"groups",selector:{select:{multiple:!0,options:i}}}]:[],{name:"order",options:["name","presence"]},{name:"size",options:["regular","large"]},{name:"hide_offline",selector:{boolean:{}}},{name:"kiosk",selector:{boolean:{}}});return c`<ha-form
      .hass=${e}
      .data=${{order:"name",size:"regular",...t}}
      .schema=${n}
      .computeLabel=${Ke}
      @value-changed=${this.change}
    ></ha-form>`}change(e){e.stopPropagation(),$(this,"config-changed",{config:e.detail.value})}};customElements.define("presence-board-editor",ut);var ht=o=>({type:"panel",cards:[o]}),mt=({areas:o,labels:e,groups:t,hide_offline:r,order:s})=>JSON.parse(JSON.stringify({areas:o,labels:e,groups:t,hide_offline:r,order:s})),ts=o=>{let{size:e,kiosk:t}=o,r=e==="large"||t;return ht({type:"custom:presence-people-card",...mt(o),size:e??"regular",clock:!!r,kiosk:!!t})},rs=o=>({type:"sections",max_columns:4,sections:["area","group"].map(e=>({type:"grid",column_span:4,cards:[{type:"custom:presence-people-card",...mt(o),group_by:e,summary:e==="area",others:e==="area",grid_options:{columns:"full"}}]}))}),ss=()=>ht({type:"custom:presence-rules-card"}),os=o=>ht({type:"custom:presence-timeline-card",...mt(o)});for(let[o,e]of Object.entries({people:ts,rooms:rs,rules:ss,today:os}))customElements.define(`ll-strategy-view-presence-${o}`,class extends HTMLElement{static{this.generate=async t=>e(t)}static{this.shouldRegenerate=()=>!1}});var is=[{path:"people",icon:"mdi:account-group"},{path:"rooms",icon:"mdi:sofa"},{path:"rules",icon:"mdi:scale-balance"},{path:"today",icon:"mdi:chart-timeline"}],gt=class extends HTMLElement{static async generate(e,t){let r=await P(t);return{title:r.get("strategy.name"),views:is.map(({path:s,icon:i})=>({title:r.get(`views.${s}`),path:s,icon:i,strategy:{...e,type:`custom:presence-${s}`}}))}}static shouldRegenerate(e,t,r){return t.language!==r.language}static async getCreateSuggestions(e){return{title:(await P(e)).get("strategy.name"),icon:"mdi:account-group"}}static getConfigElement(){return document.createElement("presence-board-editor")}};customElements.define("ll-strategy-dashboard-presence-board",gt);var mr="https://github.com/cisco-unified-presence/home-assistant/blob/main/docs/board.md",gr=new Map,ft=(o,e,t,r)=>{let s=window,i={type:e,name:"",description:"",...r};(s[o]??=[]).push(i),gr.set(i,t)},fr=o=>({getEntitySuggestion:(e,t)=>et(e,t)?{config:o(t)}:null}),Ee=(o,e={})=>{ft("customCards",`presence-${o}-card`,`cards.${o}`,{preview:!0,documentationURL:mr,...e})};ft("customStrategies","presence-board","strategy",{strategyType:"dashboard",documentationURL:mr});Ee("person",fr(o=>({type:"custom:presence-person-card",entity:o})));Ee("people");Ee("rules");Ee("timeline",fr(o=>({type:"custom:presence-timeline-card",entities:[o]})));ft("customCardFeatures","presence-quick-set","features.quick_set",{configurable:!1,isSupported:hr});var vr=async o=>{let e=await P(o);for(let[t,r]of gr)t.name=e.get(`${r}.name`),t.description=e.get(`${r}.description`)},ns=100,yr=o=>{o.hass?.connected?vr(o.hass):setTimeout(()=>yr(o),ns)},de=document.querySelector("home-assistant");de&&(yr(de),de.addEventListener("translations-updated",()=>de.hass&&void vr(de.hass)));
