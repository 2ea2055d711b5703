namespace Stackmeta.Http;

/// <summary>What is known of something that comes in pieces.</summary>
enum ReadStatus
{
    /// <summary>It is not whole yet, and nothing is wrong with it so far.</summary>
    NeedsMore,
    Complete,

    /// <summary>Whatever follows, it is not to be taken.</summary>
    Rejected,
}
