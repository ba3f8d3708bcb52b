// The commands and events of the Todo domain, for the contenders that take classes.
export class CreateTodo {
  constructor(id, description) {
    this.id = id;
    this.description = description;
  }
}

export class RenameTodo {
  constructor(id, description) {
    this.id = id;
    this.description = description;
  }
}

export class TodoCreated {
  constructor(description) {
    this.description = description;
  }
}

export class TodoRenamed {
  constructor(description) {
    this.description = description;
  }
}

export class TodoCompleted {
  constructor(note) {
    this.note = note;
  }
}

/** What the handler that does nothing handles. */
export class Nothing {
  constructor(id) {
    this.id = id;
  }
}
