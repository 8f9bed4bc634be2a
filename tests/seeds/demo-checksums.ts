/** Rows and content of each landing table after the default demo: count, then the sum of all rows' hashes. */
export const demoChecksums = {
    customer: "729:423039824155237596428",
    product: "3365:1959713563285302939666",
    orders: "3405:1971183171090282311131",
    orderitem: "5113:2914627807522082901528",
    event: "59080:34098189662638431307881",
    category: "22:15290532844910158602",
    productbrand: "200:118839277709154059428",
    productcategory: "2293:1329264935145761801923",
    customeraddress: "294:174749981975600359537",
    paymentprovider: "4:2829294425761567892",
    customerpaymentprovider: "294:161236155692277526929",
};
