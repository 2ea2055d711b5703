namespace Stackmeta.Bench.Load;

/// <summary>A request and what must come back.</summary>
/// <param name="Place">From where to where.</param>
/// <param name="Request">All bytes of it.</param>
/// <param name="Answer">The answer that is right.</param>
/// <param name="Values">What the answer says of this guest alone.</param>
public readonly record struct Question(
    Place Place,
    byte[] Request,
    AnswerTemplate Answer,
    IReadOnlyList<byte[]> Values
);
