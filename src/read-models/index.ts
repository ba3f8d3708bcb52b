export { ChangeFeed } from './change-feed';
export { DocumentReader } from './document-reader';
export { LiveDocuments } from './live-documents';
export { StoredDocuments } from './stored-documents';
export { Watch, type WatchSources } from './watch';
