namespace Stackmeta.Http;

/// <summary>Who is served in turns with others of the same thread.</summary>
public interface IWorkItem : IPollable
{
    /// <summary>On whose behalf: of all that have the same owner, one has a turn, and then it is another owner's.</summary>
    object Owner { get; }

    /// <summary>What is to be told with the next turn; null while none is waited for. The loop's thread only.</summary>
    PollEvents? PendingEvents { get; set; }
}
