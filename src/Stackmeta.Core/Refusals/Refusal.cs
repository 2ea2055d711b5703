namespace Stackmeta.Core.Refusals;

/// <summary>
/// Why a request got no answer. The one enumeration of all hops: status and text for the guest, the name in the log and the
/// label of the metric all derive from it (<see cref="RefusalDescription"/>). Values are never reused.
/// </summary>
public enum Refusal
{
    /// <summary>Not refused.</summary>
    None = 0,

    // Edge and agent: who asks?
    ScopeHeaderMissing = 10,
    ScopeHeadersConflict = 11,
    AddressHeaderMissing = 12,
    AddressMalformed = 13,
    PortNotFound = 14,
    PortAmbiguous = 15,
    PortWithoutDevice = 16,
    PortDirectoryUnavailable = 17,
    MetadataApiUnreachable = 18,
    MetadataApiSilent = 19,
    MetadataApiFailed = 20,
    SharedSecretRejected = 21,

    // Edge: a connection that is closed, since the address alone is no proof. The kernel has kept no SYN; no SYN can tell.
    GuestMacUnknown = 22,
    GuestMacUnavailable = 23,

    // Api: is it proven?
    InstanceIdMissing = 30,
    SignatureMissing = 31,
    ProjectIdMissing = 32,
    SignatureWrong = 33,
    InstanceNotFound = 34,
    ProjectMismatch = 35,
    InstanceSourceUnavailable = 36,
    InstanceSourceFailed = 37,
    SignatureNotAscii = 38,
    ProviderPortNotFound = 39,

    // Metadata: what is it told?
    PathNotFound = 50,
    PathMalformed = 51,
    UserDataAbsent = 52,
    PartUnreadable = 53,
    SecurityGroupsUnavailable = 54,
    VendorDataUnavailable = 55,
    PasswordMethodNotAllowed = 56,
    PasswordAlreadySet = 57,
    PasswordTooLarge = 58,
    PasswordNotText = 59,
    PasswordInstanceGone = 60,
    PasswordNotStored = 61,
    PathBelowLeaf = 62,

    // Any hop: the request itself
    RequestTooLarge = 70,
    RequestMalformed = 71,
    TooManyRequests = 72,
    TransferEncodingRefused = 73,

    // Agent: is the port who asks, and do packets obey what the store says of it?
    ClientMacMismatch = 80,
    PortNotApplied = 81,

    // A connection is turned away, before any request: by the edge, and by agent and API
    TooManyConnections = 90,
    NetworkConnectionsTaken = 91,
    UnidentifiedConnectionsTaken = 92,
    CallerConnectionsTaken = 93,
}
