import "./ready";
import "./person-card";
import "./people-card";
import "./rules-card";
import "./timeline-card";
import "./quick-set";
import "./board-strategy";
import "./announce";
